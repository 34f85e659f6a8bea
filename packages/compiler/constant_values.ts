/** What constant expressions amount to, where that is known before there is an instance. */

import { type ByteRange, InstructionCursor } from "@skerry/wasm";

/** The number that an expression of a single `i32.const` or `i64.const` gives, unsigned. */
export function constantAddress(range: ByteRange): bigint | undefined {
  const cursor = new InstructionCursor(range.bytes);
  cursor.enter(range.start, range.end);
  if (!cursor.next()) return undefined;
  const { opcode } = cursor;
  const { offset } = cursor;
  cursor.offset = cursor.immediates;
  let value: bigint;
  if (opcode === 0x41) value = BigInt(cursor.readS32() >>> 0);
  else if (opcode === 0x42) value = BigInt.asUintN(64, cursor.readS64());
  else return undefined;
  cursor.offset = offset;
  return cursor.next() && cursor.opcode === 0x0b ? value : undefined;
}

/** Whether an expression makes an object on the engine's heap. */
export function allocates(range: ByteRange): boolean {
  const cursor = new InstructionCursor(range.bytes);
  cursor.enter(range.start, range.end);
  while (cursor.next()) {
    const { opcode } = cursor;
    // struct.new, struct.new_default, array.new, array.new_default, array.new_fixed
    if (opcode === 0xfb000 || opcode === 0xfb001) return true;
    if (opcode >= 0xfb006 && opcode <= 0xfb00a) return true;
  }
  return false;
}
