/** The instructions that write memory: how many bytes, and of what type the operand is. */

import { opcodes, slotCount, slotOf } from "@skerry/wasm";
import type { NumberType } from "@skerry/wasm";

/** Bytes that each slot's instruction writes; 0 where it writes none. */
export const storeBytes: Readonly<Uint8Array> = new Uint8Array(slotCount);
/** The type of the operand that is stored. */
export const storeOperand: readonly (NumberType | "v128" | undefined)[] = [];

const naturalBytes: Readonly<Record<string, number>> = {
  i32: 4,
  i64: 8,
  f32: 4,
  f64: 8,
  v128: 16,
};

fillTables(storeBytes as Uint8Array, storeOperand as (NumberType | "v128" | undefined)[]);

function fillTables(bytes: Uint8Array, operands: (NumberType | "v128" | undefined)[]): void {
  for (const { code, name } of opcodes) {
    const match = /^(i32|i64|f32|f64|v128)\.(?:atomic\.)?(?:store|rmw)(\d*)/.exec(name);
    if (match === null) continue;
    const [, type = "i32", bits = ""] = match;
    bytes[slotOf(code)] = bits === "" ? naturalBytes[type] ?? 0 : Number(bits) / 8;
    operands[slotOf(code)] = type as NumberType | "v128";
  }
}
