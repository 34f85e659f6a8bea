/** What the walk over a body does with each instruction that is no block, branch or call, by its slot. */

import { opcodes, slotCount, slotOf } from "@skerry/wasm";
import { isReplaceable } from "./replacements.ts";
import { stackEffects } from "./stack_effects.ts";
import { storeBytes } from "./stores.ts";

/** Small numbers, for a switch in the loop that passes every instruction. */
export const treatment = {
  /** Only its operands are counted. */
  effect: 0,
  store: 1,
  constant: 2,
  addition: 3,
  subtraction: 4,
  shift: 5,
  extend: 6,
  wrap: 7,
  /** There may be something of ours for it. */
  replaceable: 8,
  /** Its operands depend on types. */
  typed: 9,
} as const;

const byOpcode: ReadonlyMap<number, number> = new Map([
  [0x41, treatment.constant], // i32.const
  [0x42, treatment.constant], // i64.const
  [0x6a, treatment.addition], // i32.add
  [0x7c, treatment.addition], // i64.add
  [0x6b, treatment.subtraction], // i32.sub
  [0x7d, treatment.subtraction], // i64.sub
  [0x74, treatment.shift], // i32.shl
  [0x86, treatment.shift], // i64.shl
  [0xad, treatment.extend], // i64.extend_i32_u
  [0xa7, treatment.wrap], // i32.wrap_i64
]);

/** The treatment of each slot. */
export const treatments: Readonly<Uint8Array> = makeTable();

function makeTable(): Uint8Array {
  const table = new Uint8Array(slotCount);
  for (const { code } of opcodes) table[slotOf(code)] = treatmentOf(code);
  return table;
}

function treatmentOf(code: number): number {
  const slot = slotOf(code);
  if ((storeBytes[slot] ?? 0) > 0) return treatment.store;
  if (isReplaceable(code)) return treatment.replaceable;
  return byOpcode.get(code) ?? (stackEffects[slot] === 255 ? treatment.typed : treatment.effect);
}
