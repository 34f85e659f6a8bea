import assert from "node:assert/strict";
import * as fc from "fast-check";
import { HeadReader } from "./head_reader.ts";
import { InputBuffer } from "./input_buffer.ts";
import { put } from "./input_testing.ts";
import { isRefusal } from "./refusal.ts";

const bytesMax = 1_000;

/** What is read where these texts arrive one after another: heads, then a status where something is refused. */
function read(...pieces: readonly string[]): (string | number)[] {
  const buffer = new InputBuffer(bytesMax);
  const reader = new HeadReader(bytesMax);
  const found: (string | number)[] = [];
  for (const piece of pieces) {
    put(buffer, piece);
    for (;;) {
      const head = reader.next(buffer);
      if (isRefusal(head)) return [...found, head.status];
      if (head === undefined) break;
      found.push(head);
    }
  }
  return found;
}

Deno.test("heads are the same however their bytes arrive", () => {
  const text = "\r\n\r\nGET /1 HTTP/1.1\r\nA: b\r\n\r\nGET /2 HTTP/1.1\r\n\r\n\r\nP /\xff\r\n\r\nQ";
  const expected = ["GET /1 HTTP/1.1\r\nA: b\r\n", "GET /2 HTTP/1.1\r\n", "P /\xff\r\n"];
  assert.deepEqual(read(text), expected);
  assert.deepEqual(read(...text), expected);
  fc.assert(fc.property(fc.array(fc.nat(text.length)), (cuts) => {
    const at = [0, ...cuts.sort((left, right) => left - right), text.length];
    assert.deepEqual(read(...at.map((from, index) => text.slice(from, at[index + 1]))), expected);
  }));
});

Deno.test("what can become no request is refused before it is whole", () => {
  for (
    const text of [
      "\n",
      "g",
      " GET",
      "\0",
      "\x16\x03\x01",
      "GET / HTTP/1.1\n",
      "GET / HTTP/1.1\r\nA: b\n",
    ]
  ) {
    assert.deepEqual(read(text), [400], text);
    assert.deepEqual(read(...text), [400], text);
  }
});

Deno.test("a head that is too large is refused, whether its end is seen or not", () => {
  const head = (bytes: number) => `G${"E".repeat(bytes - 3)}\r\n`;
  assert.deepEqual(read(`${head(bytesMax)}\r\n`), [head(bytesMax)]);
  assert.deepEqual(read(`${head(bytesMax + 1)}\r\n`), [431]);
  assert.deepEqual(read(...`${head(bytesMax + 1)}\r\n`), [431]);
  assert.deepEqual(read("G".repeat(bytesMax + 1)), [431]);
});
