/**
 * Walks the instructions of one guest function, once, and checks what docs/artifact.md says of them. The
 * module is taken to be valid: the engine refuses what is not, and here that must only not do harm.
 */

import { readLocals } from "@skerry/wasm";
import { operandsMax } from "./constants.ts";
import { frame } from "./control_stack.ts";
import { actionOf, actions } from "./walk_actions.ts";
import { allocate, call, callThrough } from "./walk_calls.ts";
import {
  beginBlock,
  beginElse,
  beginHandler,
  beginLoop,
  branch,
  endBlock,
} from "./walk_control.ts";
import {
  add,
  constant,
  extend,
  localGet,
  localSet,
  localTee,
  shiftLeft,
  subtract,
  wrap,
} from "./walk_locals.ts";
import { access, dropSegment, effect, memoryOperation, tableOperation } from "./walk_memory.ts";
import { snippet } from "./walk_snippets.ts";
import type { WalkState } from "./walk_state.ts";

/** Walks a body. What is wrong goes where the state reports it; costs are in the state afterwards. */
export function walk(state: WalkState, body: number, purpose: "costs" | "everything"): void {
  state.enter(body, purpose);
  enterBody(state, body);
  instructions(state);
  if (!state.failed) leaveBody(state);
  if (state.outsideSpan < 0) return;
  state.failToo("dirty", "a store in a loop that does not keep to its span", state.outsideSpan);
}

function leaveBody(state: WalkState): void {
  const { cost, cursor, runs, plan } = state;
  if (runs.end !== Infinity && (cursor.offset < runs.end || runs.next())) {
    return state.fail("offsets", "a run goes beyond its function", state.bodyEnd);
  }
  const mistake = cost.leaveFunction();
  if (mistake !== undefined && plan.metadata.passes.preempt) {
    state.fail("preempt", mistake, state.bodyEnd);
  }
}

function enterBody(state: WalkState, body: number): void {
  const { plan, cursor, control, operands, cost, roles, facts, numbers, locals } = state;
  const { starts, ends } = plan.module.code;
  const type = plan.spaces.functions[body + plan.spaces.importedFunctions] ?? 0;
  const params = plan.paramCounts[type] ?? 0;
  const start = starts[body] ?? 0;
  state.bodyEnd = ends[body] ?? 0;
  cursor.enter(start, state.bodyEnd);
  state.localCount = readLocals(cursor).reduce((sum, group) => sum + group.count, params);
  state.runs.enter(body, start);
  control.depth = -1;
  control.arms.clear();
  control.open(frame.function, start, 0, 0, 0);
  control.facts[0] = 0;
  control.region[0] = 0;
  operands.clear();
  facts.clear();
  numbers.clear();
  locals.clear();
  roles.enterFunction(params);
  cost.enterFunction();
}

/** Instructions that cost nothing, by slot: else, catch, end, delegate, catch_all. */
const costless = new Uint8Array(1024);
for (const opcode of [0x05, 0x07, 0x0b, 0x18, 0x19]) costless[opcode] = 1;

function instructions(state: WalkState): void {
  const { cursor, runs, cost, operands } = state;
  while (cursor.next()) {
    const { start } = cursor;
    if (start >= runs.end || start < runs.start) {
      if (!state.isGuest(start)) {
        snippet(state, start);
        if (state.failed) return;
        continue;
      }
      if (state.failed) return;
    }
    const units = costless[cursor.slot] === 1 ? 0 : 1;
    cost.cost += units;
    cost.unpaidCost += units;
    state.replaced = cursor.offset > runs.end;
    if (state.replaced && runs.end !== start + 1) {
      return state.fail("offsets", "a run ends within an instruction");
    }
    const action = actions[cursor.slot] ?? 0;
    if (action === actionOf.plain) {
      if (state.tracking) operands.applyPacked(cursor.slot);
    } else if (action === actionOf.localGet) {
      localGet(state);
    } else {
      treat(state, action);
    }
    if (state.failed) return;
  }
}

function treat(state: WalkState, action: number): void {
  const { cursor } = state;
  switch (action) {
    case actionOf.localSet:
      return localSet(state);
    case actionOf.localTee:
      return localTee(state);
    case actionOf.constant:
      return state.replaced ? dropFlag(state) : constant(state);
    case actionOf.arithmetic:
      return state.tracking ? arithmetic(state) : undefined;
    case actionOf.access:
      return access(state);
    case actionOf.end:
      return state.control.depth === 0 ? undefined : endBlock(state);
    case actionOf.block:
      return begin(state);
    case actionOf.branch:
      return branch(state);
    case actionOf.call:
      return call(state);
    case actionOf.callThrough:
      return callThrough(state);
    case actionOf.global:
      return global(state);
    case actionOf.memory:
      return memoryOperation(state);
    case actionOf.table:
      return tableOperation(state);
    case actionOf.drop:
      return dropSegment(state);
    case actionOf.array:
      return array(state);
    case actionOf.allocate:
      return allocate(state);
    case actionOf.referToFunction:
      if (cursor.index() >= state.plan.metadata.guest.functions) {
        return state.fail("isolation", "the guest refers to an injected function");
      }
      return effect(state);
    default:
      return state.fail("format", "an unknown instruction");
  }
}

function begin(state: WalkState): void {
  if (state.operands.height > operandsMax) {
    return state.fail("format", "too many operands on the stack");
  }
  switch (state.cursor.opcode) {
    case 0x02:
      return beginBlock(state, frame.block);
    case 0x03:
      return beginLoop(state);
    case 0x04:
      return beginBlock(state, frame.if);
    case 0x05:
      return beginElse(state);
    case 0x06:
      return beginBlock(state, frame.try);
    case 0x1f:
      return beginBlock(state, frame.tryTable);
    default: // catch, catch_all
      return beginHandler(state);
  }
}

function arithmetic(state: WalkState): void {
  switch (state.cursor.opcode) {
    case 0x6a:
      return add(state, false);
    case 0x6b:
      return subtract(state, false);
    case 0x74:
      return shiftLeft(state, false);
    case 0x7c:
      return add(state, true);
    case 0x7d:
      return subtract(state, true);
    case 0xa7:
      return wrap(state);
    case 0xad:
      return extend(state);
    default:
      return shiftLeft(state, true);
  }
}

function global(state: WalkState): void {
  const { cursor, plan } = state;
  const index = cursor.index();
  if (index >= plan.metadata.guest.globals) {
    return state.fail("isolation", `the guest names the injected global ${index}`);
  }
  effect(state);
}

/** `i32.const 1  global.set dropped`, which `data.drop` or `elem.drop` became. */
function dropFlag(state: WalkState): void {
  const end = state.snippets.flag(state.cursor.start);
  if (end < 0 || !state.droppedFlags.has(state.snippets.local)) {
    return state.fail("isolation", "a constant that is in no run");
  }
  // The run is the constant's first byte.
  if (!state.isGuest(state.cursor.offset)) state.skipTo(end);
}

/** Operations on arrays whose length is paid for before. */
function array(state: WalkState): void {
  const { cursor, plan, cost } = state;
  const { passes, guest, droppedData, droppedElements } = plan.metadata;
  const { opcode } = cursor;
  if (passes.preempt && state.lengthCharged !== cursor.start && cost.reachable) {
    return state.fail("preempt", "the length of an array is not charged for");
  }
  const ofData = opcode === 0xfb009 || opcode === 0xfb012;
  if (ofData || opcode === 0xfb00a || opcode === 0xfb013) {
    const segment = state.secondIndex();
    if (segment >= (ofData ? guest.data : guest.elements)) {
      return state.fail("isolation", `the guest names the injected segment ${segment}`);
    }
    if (ofData ? droppedData.has(segment) : droppedElements.has(segment)) {
      return state.fail("reset", `an array is made of segment ${segment}, which may be dropped`);
    }
  }
  effect(state);
}
