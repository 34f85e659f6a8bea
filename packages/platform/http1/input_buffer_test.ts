import assert from "node:assert/strict";
import * as fc from "fast-check";
import { InputBuffer } from "./input_buffer.ts";

/** Puts up to so many bytes, each one more than the one before it; gives how many there was room for. */
function put(buffer: InputBuffer, first: number, count: number, isWanted: boolean): number {
  const room = buffer.room(isWanted)?.subarray(0, count) ?? new Uint8Array(0);
  room.forEach((_, index) => room[index] = first + index);
  buffer.filled(room.length);
  return room.length;
}

Deno.test("bytes come out as they went in, in whatever pieces", () => {
  const step = fc.oneof(
    fc.record({ put: fc.nat(20_000), isWanted: fc.boolean() }),
    fc.record({ take: fc.nat(20_000) }),
    fc.record({ skip: fc.nat(20_000) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const buffer = new InputBuffer(10_000);
    let putSoFar = 0;
    let takenSoFar = 0;
    const check = (bytes: Uint8Array) => {
      bytes.forEach((byte, index) => assert.equal(byte, (takenSoFar + index) & 0xff));
      takenSoFar += bytes.length;
    };
    for (const step of steps) {
      if ("put" in step) putSoFar += put(buffer, putSoFar, step.put, step.isWanted);
      else if ("take" in step) check(buffer.take(step.take));
      else {
        const count = Math.min(step.skip, buffer.length);
        buffer.skip(count);
        takenSoFar += count;
      }
      assert.equal(buffer.length, putSoFar - takenSoFar);
      assert.equal(buffer.at(0), buffer.length > 0 ? takenSoFar & 0xff : undefined);
      assert.equal(buffer.at(buffer.length), undefined);
      const text = buffer.text(1, 5);
      assert.equal(text.length, Math.max(0, Math.min(4, buffer.length - 1)));
      if (text !== "") assert.equal(text.charCodeAt(0), (takenSoFar + 1) & 0xff);
    }
  }));
});

Deno.test("a buffer that nobody empties is full one day, and later where its bytes are wanted", () => {
  const fill = (isWanted: boolean) => {
    const buffer = new InputBuffer(100_000);
    while (put(buffer, 0, 3_000, isWanted) > 0);
    return buffer.length;
  };
  assert.ok(fill(false) < 10_000);
  assert.ok(fill(true) >= 100_000 && fill(true) <= 400_000);
});

Deno.test("a buffer from which single bytes are taken is not refilled for each of them", () => {
  const buffer = new InputBuffer(1_000);
  while (put(buffer, 0, 4_000, false) > 0);
  const { length } = buffer;
  let taken = 0;
  for (; buffer.room(false) === undefined; taken++) buffer.take(1);
  assert.ok(taken >= length / 4, `${taken} of ${length}`);
});
