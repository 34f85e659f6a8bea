/** Spells numbers as instructions have them. */

import { ByteWriter } from "@skerry/wasm";

/** An unsigned number, as short as it can be. */
export function unsigned(value: number): number[] {
  return [...new ByteWriter().u32(value).toBytes()];
}

/** A signed number, as short as it can be. */
export function signed(value: number): number[] {
  return [...new ByteWriter().s33(value).toBytes()];
}

/** An opcode behind a prefix. */
export function prefixed(prefix: number, suboperation: number): number[] {
  return [prefix, ...unsigned(suboperation)];
}

/** The alignment, memory and offset of an access. */
export function memoryArgument(memory: number, alignment = 0, offset = 0): number[] {
  return memory === 0
    ? [alignment, ...unsigned(offset)]
    : [alignment | 0x40, ...unsigned(memory), ...unsigned(offset)];
}
