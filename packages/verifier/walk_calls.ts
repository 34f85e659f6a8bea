/** Calls, and what is made of types: what they cost, what they take and give. */

import { freeUnitsMax, operandsMax } from "./constants.ts";
import { functionKinds } from "./plan.ts";
import type { WalkState } from "./walk_state.ts";

/** `call`, `return_call`. */
export function call(state: WalkState): void {
  const { cursor, plan } = state;
  const callee = cursor.index();
  const { guest } = plan.metadata;
  if (callee < guest.functions) payForCallee(state, callee);
  else if (cursor.opcode !== 0x10 || !isReplacement(state, callee - guest.functions)) {
    return state.fail("isolation", `the guest calls the injected function ${callee}`);
  }
  takeAndGive(state, plan.spaces.functions[callee] ?? 0);
  if (cursor.opcode === 0x12) stop(state);
}

/** `call_indirect`, `return_call_indirect`, `call_ref`, `return_call_ref`. */
export function callThrough(state: WalkState): void {
  const { cursor, cost, plan } = state;
  const { opcode } = cursor;
  const indirect = opcode === 0x11 || opcode === 0x13;
  if (indirect && state.secondIndex() >= plan.metadata.guest.tables) {
    return state.fail("isolation", "the guest calls through an injected table");
  }
  if (plan.metadata.passes.preempt) {
    if (cost.unpaid) return state.fail("preempt", "a call through a reference before a charge");
    cost.add(freeUnitsMax);
  }
  if (state.tracking) state.operands.pop(1);
  takeAndGive(state, cursor.index());
  if (opcode === 0x13 || opcode === 0x15) stop(state);
}

/** Nothing follows the instruction at hand. */
export function stop(state: WalkState): void {
  state.cost.stop();
  state.operands.height = state.operands.floor;
}

/** `struct.new`, `array.new_fixed`. */
export function allocate(state: WalkState): void {
  if (!state.tracking) return;
  const { cursor, operands, plan } = state;
  const count = cursor.opcode === 0xfb008
    ? state.secondIndex()
    : plan.fieldCounts[cursor.index()] ?? 0;
  operands.pop(count);
  operands.pushUnknown(1);
}

function payForCallee(state: WalkState, callee: number): void {
  const { cost, plan, free, missing } = state;
  const body = callee - plan.spaces.importedFunctions;
  if (body < 0 || !plan.metadata.passes.preempt) return;
  const units = free[body] ?? 0;
  if (units >= 0) cost.add(units);
  else if (cost.unpaid) missing.push(body);
}

/** Whether an injected function stands for an instruction that was there. */
function isReplacement(state: WalkState, index: number): boolean {
  const kind = functionKinds[state.plan.metadata.functions[index]?.kind ?? -1];
  switch (kind) {
    case "grow":
    case "fill":
    case "copy":
    case "init":
    case "grow_table":
    case "fill_table":
    case "copy_table":
    case "init_table":
      return state.replaced;
    default:
      return false;
  }
}

function takeAndGive(state: WalkState, type: number): void {
  if (!state.tracking) return;
  state.operands.pop(state.plan.paramCounts[type] ?? 0);
  state.operands.pushUnknown(state.plan.resultCounts[type] ?? 0);
  if (state.operands.height > operandsMax) state.fail("format", "too many operands on the stack");
}
