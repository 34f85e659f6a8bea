import assert from "node:assert/strict";
import * as fc from "fast-check";
import { InputBuffer } from "./input_buffer.ts";
import { put } from "./input_testing.ts";
import { isRefusal } from "./refusal.ts";
import { parseRequestHead } from "./request_head.ts";
import { RequestHeads } from "./request_heads.ts";
import { SeenHeads } from "./seen_heads.ts";

const [bytesMax, fieldsMax] = [2_000, 5];

/** All that comes of texts that arrive one after another, up to a refusal, and what is left of them. */
function read(heads: RequestHeads, pieces: readonly string[]) {
  const buffer = new InputBuffer(bytesMax);
  const found: unknown[] = [];
  for (const piece of pieces) {
    put(buffer, piece);
    for (;;) {
      const head = heads.next(buffer);
      if (head === undefined) break;
      found.push(head);
      if (isRefusal(head)) return found;
      // As bodies are taken before the next head.
      buffer.skip(Math.min(buffer.length, Number(head.bodyLength) || 0));
    }
  }
  return [...found, buffer.text(0, buffer.length)];
}

const newHeads = () => new RequestHeads(bytesMax, new SeenHeads(fieldsMax));

Deno.test("a head is read as if none had come before it, however often it has, and however its bytes arrive", () => {
  const head = fc.tuple(
    fc.constantFrom("GET", "GET", "GET", "POST", "get"),
    fc.constantFrom("/", "/", "/a", `/${"x".repeat(1_500)}`),
    fc.constantFrom("Host: a\r\n", "Host: a\r\n", "Host: b\r\n"),
    fc.constantFrom("", "", "", "Content-Length: 3\r\n", "A: \xff\r\n"),
    fc.constantFrom("", "", "", "", "\r\n"),
  ).map(([method, path, host, field, before]) =>
    `${before}${method} ${path} HTTP/1.1\r\n${host}${field}\r\n${
      field.startsWith("C") ? "abc" : ""
    }`
  );
  // The same many times in a row, as clients do.
  const run = fc.tuple(head, fc.nat(6)).map(([text, more]) => text.repeat(1 + more));
  const cuts = fc.array(fc.nat(3_000), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(run, { maxLength: 6 }), cuts, (runs, cuts) => {
      const text = runs.join("");
      const at = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
      const pieces = at.map((from, index) => text.slice(from, at[index + 1]));
      // Nothing that was read before is known to it.
      const each = { read: (text: string) => parseRequestHead(text, fieldsMax) } as SeenHeads;
      const expected = read(new RequestHeads(bytesMax, each), pieces);
      assert.deepEqual(read(newHeads(), pieces), expected);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a head that comes again is the same object, also where it is known by its bytes alone", () => {
  const buffer = new InputBuffer(bytesMax);
  const heads = newHeads();
  const found = Array.from({ length: 6 }, () => {
    put(buffer, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    return heads.next(buffer);
  });
  assert.equal(new Set(found.slice(1)).size, 1);
  assert.equal(buffer.length, 0);
});
