/** Blocks and branches: where paths part and meet. */

import { frame } from "./control_stack.ts";
import { stop } from "./walk_calls.ts";
import { charge } from "./walk_snippets.ts";
import type { WalkState } from "./walk_state.ts";

/** `block`, `if`, `try`, `try_table`. */
export function beginBlock(state: WalkState, kind: number): void {
  const { cost, control } = state;
  if (kind === frame.if && state.tracking) state.operands.pop(1);
  const depth = open(state, kind);
  if (kind === frame.tryTable) control.catches[depth] = blockTypeEnd(state);
  cost.enterBlock(depth, kind);
}

/** `loop`, with its charge if it pays at its start. */
export function beginLoop(state: WalkState): void {
  const { cursor, cost, locals, plan } = state;
  const { start, offset } = cursor;
  const preempt = plan.metadata.passes.preempt;
  if (preempt && cost.paysAtTurns) {
    return state.fail("preempt", "a loop in one that pays where it turns");
  }
  const depth = open(state, frame.loop);
  const paysAtStart = !preempt || (!state.isGuest(offset) && state.snippets.charge(offset) >= 0);
  cost.enterLoop(depth, paysAtStart ? "start" : "turns");
  if (state.tracking) locals.enterLoop(start, offset, state.bodyEnd);
  if (preempt && paysAtStart) charge(state, offset);
  state.counts.loops += 1;
}

/** `else`. */
export function beginElse(state: WalkState): void {
  const { control, cost, cursor } = state;
  if (cost.reachable) control.reach(control.depth, cursor.start);
  cost.turnToElse(control.depth);
  control.kind[control.depth] = frame.else;
  beginArm(state, control.params[control.depth] ?? 0);
}

/** `catch`, `catch_all`. */
export function beginHandler(state: WalkState): void {
  const { control, cost, cursor, plan } = state;
  const { depth } = control;
  if (cost.reachable) control.reach(depth, cursor.start);
  cost.turnToHandler(depth, control.kind[depth] === frame.try);
  control.kind[depth] = frame.handler;
  const tagType = cursor.opcode === 0x07 ? plan.spaces.tags[cursor.index()] ?? -1 : -1;
  beginArm(state, plan.paramCounts[tagType] ?? 0);
}

function beginArm(state: WalkState, operandCount: number): void {
  const { control, operands, facts, locals, cursor } = state;
  const { depth } = control;
  control.beginArm(cursor.start);
  if (!state.tracking) return;
  operands.height = control.height[depth] ?? 0;
  operands.pushUnknown(operandCount);
  facts.forget(control.facts[depth] ?? 0, 0);
  locals.meet();
}

/** `end` of a block, or `delegate`. The function's own is for the walk. */
export function endBlock(state: WalkState): void {
  const { control, cost, operands, facts, locals, cursor } = state;
  const { depth } = control;
  const kind = control.kind[depth] ?? 0;
  if (kind === frame.loop) {
    const mistake = cost.leaveLoop(depth);
    if (mistake !== undefined && state.plan.metadata.passes.preempt) {
      state.fail("preempt", mistake);
    }
    if (state.tracking) locals.leaveLoop();
  } else {
    if (kind === frame.tryTable) sendToHandlers(state, depth);
    cost.leaveBlock(depth, kind);
  }
  const limit = control.close(cursor.start);
  if (!state.tracking) return;
  operands.floor = control.height[depth - 1] ?? 0;
  operands.height = control.height[depth] ?? 0;
  operands.pushUnknown(control.results[depth] ?? 0);
  facts.forget(control.facts[depth] ?? 0, limit);
  locals.meet();
}

/** The catch clauses of a `try_table` branch from where its body is at its most expensive. */
function sendToHandlers(state: WalkState, depth: number): void {
  const { cursor, cost, control } = state;
  const { offset } = cursor;
  cost.endTryTable(depth);
  cursor.offset = control.catches[depth] ?? 0;
  const count = cursor.readU32();
  for (let index = 0; index < count; index += 1) {
    if (cursor.readU8() < 2) cursor.readU32();
    const target = depth - 1 - cursor.readU32();
    if (target < 0) continue;
    // An exception may come from anywhere in the block.
    control.reach(target, control.start[depth] ?? 0);
    if (!cost.catchTo(depth, target)) mustPay(state);
  }
  cursor.offset = offset;
}

/** Branches, and what else ends a path. */
export function branch(state: WalkState): void {
  const { cursor, operands } = state;
  switch (cursor.opcode) {
    case 0x0c: // br
      branchTo(state, cursor.index());
      return stop(state);
    case 0x0d: // br_if
      if (state.tracking) operands.pop(1);
      return branchTo(state, cursor.index());
    case 0x0e: // br_table
      branchToAny(state);
      return stop(state);
    case 0xd5: // br_on_null
      branchTo(state, cursor.index());
      return refine(state);
    case 0xd6: // br_on_non_null
      branchTo(state, cursor.index());
      if (state.tracking) operands.pop(1);
      return;
    case 0xfb018: // br_on_cast
    case 0xfb019: // br_on_cast_fail
      // A byte of flags comes first.
      branchTo(state, state.secondIndex());
      return refine(state);
    default: // unreachable, return, throw, rethrow, throw_ref
      return stop(state);
  }
}

function refine(state: WalkState): void {
  if (!state.tracking) return;
  state.operands.pop(1);
  state.operands.pushUnknown(1);
}

function branchTo(state: WalkState, label: number): void {
  const target = state.control.depth - label;
  if (target < 0) state.fail("format", `there is no label ${label}`);
  else {
    if (state.cost.reachable) state.control.reach(target, state.cursor.start);
    if (!state.cost.branch(target)) mustPay(state);
  }
}

function mustPay(state: WalkState): void {
  if (state.plan.metadata.passes.preempt) state.fail("preempt", "a loop turns without a charge");
}

function branchToAny(state: WalkState): void {
  const { cursor } = state;
  const { offset } = cursor;
  cursor.offset = cursor.immediates;
  const count = cursor.readU32();
  for (let index = 0; index <= count; index += 1) branchTo(state, cursor.readU32());
  cursor.offset = offset;
}

function open(state: WalkState, kind: number): number {
  const { cursor, control, operands, plan, facts } = state;
  if (!state.tracking) return control.open(kind, cursor.start, 0, 0, 0);
  const type = blockType(state);
  const params = type >= 0 ? plan.paramCounts[type] ?? 0 : 0;
  const results = type >= 0 ? plan.resultCounts[type] ?? 0 : type === emptyType ? 0 : 1;
  operands.pop(params);
  const { height } = operands;
  operands.floor = height;
  operands.pushUnknown(params);
  const depth = control.open(kind, cursor.start, height, params, results);
  control.facts[depth] = facts.count;
  return depth;
}

const emptyType = -0x40;

/** A type index, or what is below zero. */
function blockType({ cursor }: WalkState): number {
  const { offset } = cursor;
  const byte = cursor.bytes[cursor.immediates] ?? 0;
  if (byte < 0x80) return byte < 0x40 ? byte : byte - 0x80;
  cursor.offset = cursor.immediates;
  const type = cursor.readS33();
  cursor.offset = offset;
  return type;
}

/** Where a block's type ends; one may be a byte, a longer index, or a reference type of several bytes. */
function blockTypeEnd({ cursor }: WalkState): number {
  const { offset } = cursor;
  const byte = cursor.bytes[cursor.immediates] ?? 0;
  cursor.offset = cursor.immediates;
  if (byte === 0x63 || byte === 0x64) cursor.offset += 1;
  cursor.readS33();
  const end = cursor.offset;
  cursor.offset = offset;
  return end;
}
