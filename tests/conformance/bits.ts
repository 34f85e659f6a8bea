/** Values as bits: unsigned numbers and the bytes that hold them, lowest byte first. */

import type { NumericType } from "./wast_values.ts";

/** How many bytes a value of a type takes. */
export const sizeBytes: Readonly<Record<NumericType, number>> = {
  i32: 4,
  i64: 8,
  f32: 4,
  f64: 8,
  v128: 16,
};

/** The number in 4, 8 or 16 bytes. */
export function bitsIn(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length === 4) return BigInt(view.getUint32(0, true));
  if (bytes.length === 8) return view.getBigUint64(0, true);
  return view.getBigUint64(8, true) << 64n | view.getBigUint64(0, true);
}

/** Puts a number into 4, 8 or 16 bytes. */
export function putBits(bytes: Uint8Array, bits: bigint): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length === 4) view.setUint32(0, Number(bits), true);
  else view.setBigUint64(0, BigInt.asUintN(64, bits), true);
  if (bytes.length === 16) view.setBigUint64(8, bits >> 64n, true);
}
