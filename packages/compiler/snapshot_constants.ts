/** Constant expressions for the values of a snapshot. */

import { ByteWriter, type ValueType, writeHeapType } from "@skerry/wasm";
import type { SnapshotValue } from "./snapshot.ts";

/** The expression that gives a value of a type, its `end` included. */
export function constantOf(type: ValueType, value: SnapshotValue): Uint8Array {
  const writer = new ByteWriter(24);
  if (typeof type !== "string") return referenceTo(value, type.heap, writer).u8(0x0b).toBytes();
  const bits = BigInt(value ?? 0);
  switch (type) {
    case "i32":
      writer.u8(0x41).s33(Number(BigInt.asIntN(32, bits)));
      break;
    case "i64":
      writer.u8(0x42).s64(bits);
      break;
    case "f32":
      writer.u8(0x43).raw(littleEndian(bits, 4));
      break;
    case "f64":
      writer.u8(0x44).raw(littleEndian(bits, 8));
      break;
    case "v128":
      writer.u8(0xfd).u32(0x0c).raw(littleEndian(bits, 16));
  }
  return writer.u8(0x0b).toBytes();
}

/** `i32.const` or `i64.const` with an address, and `end`. */
export function addressOf(at: number, wide: boolean): Uint8Array {
  const writer = new ByteWriter().u8(wide ? 0x42 : 0x41);
  if (wide) writer.s64(BigInt(at));
  else writer.s33(at | 0);
  return writer.u8(0x0b).toBytes();
}

/** `ref.func` or `ref.null`, without `end`. */
export function referenceTo(
  value: SnapshotValue,
  heap: Parameters<typeof writeHeapType>[1],
  writer: ByteWriter,
): ByteWriter {
  if (value !== null) return writer.u8(0xd2).u32(Number(value));
  writeHeapType(writer.u8(0xd0), heap);
  return writer;
}

function littleEndian(bits: bigint, length: number): Uint8Array {
  return Uint8Array.from(
    { length },
    (_, index) => Number(BigInt.asUintN(8, bits >> BigInt(8 * index))),
  );
}
