/** Locals, constants and the arithmetic that addresses are made of (docs/artifact.md, "Marks"). */

import { role } from "./local_roles.ts";
import { farBytes } from "./constants.ts";
import { constantBase, unknownBase } from "./operand_stack.ts";
import { smallSigned } from "./signed_number.ts";
import type { WalkState } from "./walk_state.ts";

/** `local.get`. */
export function localGet(state: WalkState): void {
  const local = localIndex(state);
  if (!claimForGuest(state, local) || !state.tracking) return;
  state.locals.read(local, state.cursor.start);
  const { base, displacement } = state.locals;
  state.operands.push(base[local] ?? unknownBase, displacement[local] ?? 0);
}

/** `local.set`. */
export function localSet(state: WalkState): void {
  const local = localIndex(state);
  if (claimForGuest(state, local) && state.tracking) setLocal(state, local);
}

/** `local.tee`. */
export function localTee(state: WalkState): void {
  const local = localIndex(state);
  if (claimForGuest(state, local) && state.tracking) teeLocal(state, local);
}

/** The top goes into a local. */
export function setLocal(state: WalkState, local: number): void {
  const { operands, locals, cursor } = state;
  locals.set(local, operands.base(0), operands.displacement(0), cursor.start);
  operands.pop(1);
}

/** The top goes into a local too. */
export function teeLocal(state: WalkState, local: number): void {
  setLocal(state, local);
  pushLocal(state, local);
}

/** What a local holds, on top; it was set just now. */
export function pushLocal(state: WalkState, local: number): void {
  const { base, displacement } = state.locals;
  state.operands.push(base[local] ?? unknownBase, displacement[local] ?? 0);
}

/** `i32.const`, `i64.const`. */
export function constant(state: WalkState): void {
  if (!state.tracking) return;
  const value = smallSigned(state.cursor.bytes, state.cursor.immediates);
  if (Number.isNaN(value)) state.operands.pushUnknown(1);
  else state.operands.push(constantBase, value);
}

/** `i32.add`, `i64.add`. */
export function add(state: WalkState, wide: boolean): void {
  const { operands, numbers } = state;
  const left = operands.base(1);
  const right = operands.base(0);
  const sum = operands.displacement(1) + operands.displacement(0);
  operands.pop(2);
  if (left === constantBase) push(state, right, sum, wide);
  else if (right === constantBase) push(state, left, sum, wide);
  else if (left === unknownBase || right === unknownBase) operands.pushUnknown(1);
  else push(state, numbers.sum(left, right), sum, wide);
}

/** `i32.sub`, `i64.sub`. */
export function subtract(state: WalkState, wide: boolean): void {
  const { operands } = state;
  const left = operands.base(1);
  const right = operands.base(0);
  const difference = operands.displacement(1) - operands.displacement(0);
  operands.pop(2);
  if (right === constantBase) push(state, left, difference, wide);
  else operands.pushUnknown(1);
}

/** `i32.shl`, `i64.shl`. */
export function shiftLeft(state: WalkState, wide: boolean): void {
  const { operands, numbers } = state;
  const left = operands.base(1);
  const right = operands.base(0);
  const bits = operands.displacement(0) & (wide ? 63 : 31);
  const shifted = operands.displacement(1);
  operands.pop(2);
  if (right !== constantBase || left === unknownBase) return operands.pushUnknown(1);
  const base = left === constantBase ? left : numbers.shifted(left, bits);
  push(state, base, wide ? shifted * 2 ** bits : shifted << bits, wide);
}

/** `i64.extend_i32_u`. */
export function extend(state: WalkState): void {
  const { operands, numbers } = state;
  const base = operands.base(0);
  const displacement = operands.displacement(0);
  operands.pop(1);
  if (base === unknownBase) operands.pushUnknown(1);
  else if (base === constantBase) operands.push(base, displacement >>> 0);
  else operands.push(numbers.extension(base, displacement), 0);
}

/** `i32.wrap_i64`. */
export function wrap(state: WalkState): void {
  const { operands, numbers } = state;
  const base = operands.base(0);
  const displacement = operands.displacement(0);
  operands.pop(1);
  if (base === unknownBase) return operands.pushUnknown(1);
  const from = numbers.extended(base);
  if (from === undefined) operands.push(numbers.wrapped(base), displacement | 0);
  else operands.push(from.base, (from.displacement + displacement) | 0);
}

function push(state: WalkState, base: number, displacement: number, wide: boolean): void {
  if (!wide) state.operands.push(base, displacement | 0);
  else if (Math.abs(displacement) < farBytes) state.operands.push(base, displacement);
  else state.operands.pushUnknown(1);
}

function localIndex({ cursor }: WalkState): number {
  const byte = cursor.bytes[cursor.immediates] ?? 0x80;
  return byte < 0x80 ? byte : cursor.index();
}

function claimForGuest(state: WalkState, local: number): boolean {
  if (!state.isLocal(local)) return false;
  if (state.roles.claim(local, role.guest)) return true;
  state.fail("isolation", `the guest uses local ${local}, which snippets use`);
  return false;
}
