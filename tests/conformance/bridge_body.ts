/** The code of a bridge (`bridge.ts`), and where in the memory it finds and leaves numbers. */

import { bug } from "@skerry/base";
import {
  ByteWriter,
  type ExternType,
  type RecursionGroup,
  type ReferenceType,
  type ValueType,
  writeHeapType,
  writeValueType,
} from "@skerry/wasm";
import type { NumericType } from "./wast_values.ts";

/** What is behind a bridge. Type indexes mean `types`. */
export interface BridgeTarget {
  readonly types: readonly RecursionGroup[];
  readonly imported: ExternType;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** Bytes of the memory for each argument and each result. */
export const slotBytes = 16;
/** Where the results begin, in bytes. */
export const resultsStart = 0x8000;

/** Whether values of a type go through the memory. */
export function isNumeric(type: ValueType): type is NumericType {
  return typeof type === "string";
}

/** Whether values of a type may not be seen by JavaScript (JavaScript API, ToJSValue). */
export function isException(type: ValueType): type is ReferenceType {
  return typeof type !== "string" && (type.heap === "exn" || type.heap === "noexn");
}

/** The body of `call`, whose parameters are `paramCount` references. */
export function bodyOf(target: BridgeTarget, paramCount: number): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.u32(target.results.length);
  for (const type of target.results) writeValueType(writer.u32(1), type);
  let reference = 0;
  target.params.forEach((type, index) => {
    if (isNumeric(type)) writeLoad(writer, type, index * slotBytes);
    else if (isException(type)) writeHeapType(writer.u8(0xd0), type.heap);
    else writer.u8(0x20).u32(reference++);
  });
  writer.u8(target.imported.kind === "function" ? 0x10 : 0x23).u32(0);
  for (let index = target.results.length - 1; index >= 0; index -= 1) {
    writer.u8(0x21).u32(paramCount + index);
  }
  target.results.forEach((type, index) => {
    const offset = resultsStart + index * slotBytes;
    if (isNumeric(type)) writeStore(writer, type, paramCount + index, offset);
    else if (isException(type)) writeIsNull(writer, paramCount + index, offset);
    else writer.u8(0x20).u32(paramCount + index);
  });
  return writer.u8(0x0b).toBytes();
}

const loads = { i32: [0x28], i64: [0x29], f32: [0x2a], f64: [0x2b], v128: [0xfd, 0x00] } as const;
const stores = { i32: [0x36], i64: [0x37], f32: [0x38], f64: [0x39], v128: [0xfd, 0x0b] } as const;

/** `i32.const 0`, then a load of alignment 0. */
function writeLoad(writer: ByteWriter, type: NumericType, offset: number): void {
  if (offset >= resultsStart) bug("too many arguments for a bridge");
  writer.u8(0x41).u8(0).raw(Uint8Array.from(loads[type])).u8(0).u32(offset);
}

function writeStore(writer: ByteWriter, type: NumericType, local: number, offset: number): void {
  writer.u8(0x41).u8(0).u8(0x20).u32(local).raw(Uint8Array.from(stores[type])).u8(0).u32(offset);
}

function writeIsNull(writer: ByteWriter, local: number, offset: number): void {
  writer.u8(0x41).u8(0).u8(0x20).u32(local).u8(0xd1).u8(0x36).u8(0).u32(offset);
}
