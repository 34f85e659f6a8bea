import assert from "node:assert/strict";
import * as fc from "fast-check";
import { isRefusal } from "./refusal.ts";
import { parseRequestHead } from "./request_head.ts";
import { SeenHeads } from "./seen_heads.ts";

const fieldsMax = 3;

Deno.test("a head is read as if nothing had come before it, whatever has", () => {
  // Few of each part, so that most heads come again, and many differ in one byte: a length, a host, a cookie.
  const head = fc.tuple(
    fc.constantFrom("GET", "POST", "get"),
    fc.constantFrom("/", "/a", "/b", `/${"x".repeat(60)}`, `/${"x".repeat(3_000)}`),
    fc.constantFrom("Host: a\r\n", "Host: b\r\n", "host: a\r\n", ""),
    fc.constantFrom("Content-Length: 1\r\n", "Content-Length: 2\r\n", "Content-Length : 1\r\n", ""),
    fc.constantFrom("Cookie: 1\r\n", "Cookie: 2\r\n", "A: 1\r\nB: 2\r\n", ""),
  ).map(([method, path, ...fields]) => `${method} ${path} HTTP/1.1\r\n${fields.join("")}`);
  fc.assert(fc.property(fc.array(head, { maxLength: 60 }), (texts) => {
    const seen = new SeenHeads(fieldsMax);
    for (const text of texts) assert.deepEqual(seen.read(text), parseRequestHead(text, fieldsMax));
  }));
});

Deno.test("a head that comes again and again is one object, which nobody can change", () => {
  const seen = new SeenHeads(fieldsMax);
  const text = "GET / HTTP/1.1\r\nHost: a\r\n";
  seen.read(text);
  const again = seen.read(text);
  assert.equal(seen.read(text), again);
  assert.ok(!isRefusal(again) && Object.isFrozen(again) && Object.isFrozen(again.fields));
  assert.ok(again.fields.every((field) => Object.isFrozen(field)));
});
