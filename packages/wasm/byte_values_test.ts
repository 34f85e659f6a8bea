import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteReader, Malformed } from "./byte_reader.ts";
import { ByteWriter } from "./byte_writer.ts";

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const s32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const s33 = fc.integer({ min: -(2 ** 32), max: 2 ** 32 - 1 });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const s64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

/** What `write` writes, read by `read`, which must use up all of it. */
function through<Value>(
  write: (writer: ByteWriter) => void,
  read: (reader: ByteReader) => Value,
): Value {
  const writer = new ByteWriter(1);
  write(writer);
  const reader = new ByteReader(writer.toBytes());
  const value = read(reader);
  assert.equal(reader.offset, writer.length);
  return value;
}

function checkFails(bytes: number[], read: (reader: ByteReader) => unknown, message: RegExp): void {
  assert.throws(
    () => read(new ByteReader(Uint8Array.from(bytes))),
    (error) =>
      error instanceof Malformed && message.test(error.message) && error.offset <= bytes.length,
  );
}

Deno.test("every number is read as it was written", () => {
  fc.assert(fc.property(u32, (n) => through((to) => to.u32(n), (from) => from.readU32()) === n));
  fc.assert(fc.property(u64, (n) => through((to) => to.u64(n), (from) => from.readU64()) === n));
  fc.assert(fc.property(s32, (n) => through((to) => to.s33(n), (from) => from.readS32()) === n));
  fc.assert(fc.property(s33, (n) => through((to) => to.s33(n), (from) => from.readS33()) === n));
  fc.assert(fc.property(s64, (n) => through((to) => to.s64(n), (from) => from.readS64()) === n));
});

Deno.test("the edges of each range are read as they were written", () => {
  for (const n of [0, 0x7f, 0x80, 0x3fff, 0x4000, 2 ** 31, 2 ** 32 - 1]) {
    assert.equal(through((to) => to.u32(n), (from) => from.readU32()), n);
  }
  for (const n of [0, 0x3f, 0x40, -0x40, -0x41, 0x1fff, -0x2001, 2 ** 31 - 1, -(2 ** 31)]) {
    assert.equal(through((to) => to.s33(n), (from) => from.readS32()), n);
    assert.equal(through((to) => to.s64(BigInt(n)), (from) => from.readS64()), BigInt(n));
  }
  for (const n of [2 ** 32 - 1, -(2 ** 32)]) {
    assert.equal(through((to) => to.s33(n), (from) => from.readS33()), n);
  }
  for (const n of [2n ** 63n - 1n, -(2n ** 63n)]) {
    assert.equal(through((to) => to.s64(n), (from) => from.readS64()), n);
  }
});

Deno.test("numbers may be padded up to their width, and no further", () => {
  const read = (bytes: number[]) => new ByteReader(Uint8Array.from(bytes));
  assert.equal(read([0x83, 0x80, 0x80, 0x80, 0x00]).readU32(), 3);
  assert.equal(read([0xff, 0xff, 0xff, 0xff, 0x7f]).readS32(), -1);
  assert.equal(read([0xff, 0xff, 0xff, 0xff, 0x7f]).readS33(), -1);
  assert.equal(read([...Array(9).fill(0x80), 0x00]).readU64(), 0n);
  checkFails([0x83, 0x80, 0x80, 0x80, 0x80, 0x00], (from) => from.readU32(), /too long/);
  checkFails([0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], (from) => from.readS32(), /too long/);
  checkFails([...Array(10).fill(0x80), 0x00], (from) => from.readU64(), /too long/);
  checkFails([...Array(10).fill(0xff), 0x7f], (from) => from.readS64(), /too long/);
});

Deno.test("unused bits must be zero, or the sign", () => {
  checkFails([0x80, 0x80, 0x80, 0x80, 0x10], (from) => from.readU32(), /too large/);
  checkFails([0x80, 0x80, 0x80, 0x80, 0x70], (from) => from.readS32(), /too large/);
  checkFails([0xff, 0xff, 0xff, 0xff, 0x0f], (from) => from.readS32(), /too large/);
  checkFails([0x80, 0x80, 0x80, 0x80, 0x60], (from) => from.readS33(), /too large/);
  checkFails([...Array(9).fill(0xff), 0x02], (from) => from.readU64(), /too large/);
  checkFails([...Array(9).fill(0x80), 0x01], (from) => from.readS64(), /too large/);
});

Deno.test("nothing is read beyond the end", () => {
  checkFails([], (from) => from.readU8(), /unexpected end/);
  checkFails([0x80], (from) => from.readU32(), /unexpected end/);
  checkFails([0x02, 0x61], (from) => from.readName(), /unexpected end/);
  checkFails([0x05, 0x61], (from) => from.readCount(1000, "things"), /unexpected end/);
  checkFails([0x05, 1, 2, 3, 4, 5], (from) => from.readCount(4, "things"), /limit of 4/);
});

Deno.test("names are read as they were written, byte order marks included, and must be UTF-8", () => {
  fc.assert(fc.property(
    fc.string({ unit: "grapheme" }),
    (text) => through((to) => to.name(text), (from) => from.readName()) === text,
  ));
  assert.equal(through((to) => to.name("\ufeffa"), (from) => from.readName()), "\ufeffa");
  for (const bytes of [[0x80], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
    checkFails([bytes.length, ...bytes], (from) => from.readName(), /UTF-8/);
  }
});

Deno.test("a sized part has its size before it, whatever the size's own length", () => {
  for (const size of [0, 1, 127, 128, 20_000]) {
    const writer = new ByteWriter().u8(0xaa);
    const start = writer.beginSized();
    writer.raw(new Uint8Array(size).fill(7)).endSized(start).u8(0xbb);
    const reader = new ByteReader(writer.toBytes());
    assert.equal(reader.readU8(), 0xaa);
    assert.equal(reader.readU32(), size);
    assert.ok(reader.bytes.subarray(reader.offset, reader.offset + size).every((b) => b === 7));
    reader.skip(size);
    assert.equal(reader.readU8(), 0xbb);
    assert.equal(reader.offset, writer.length);
  }
});
