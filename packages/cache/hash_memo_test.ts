import assert from "node:assert/strict";
import * as fc from "fast-check";
import { HashMemo } from "./hash_memo.ts";
import { keyedHash } from "./keyed_hash.ts";

Deno.test("a hash is the text's own, whatever was hashed before", () => {
  const key = { low: 1, high: 2 };
  // Texts that share their ends, and differ in one place or in their length: many of one place.
  const text = fc.tuple(fc.nat(40), fc.nat(3), fc.nat(40)).map(([before, middle, after]) =>
    "a".repeat(before) + "bcd\u0103".charAt(middle) + "a".repeat(after * 16)
  );
  fc.assert(fc.property(fc.array(text, { maxLength: 200 }), (texts) => {
    const memo = new HashMemo(key);
    for (const each of texts) assert.deepEqual(memo.of(each), keyedHash(key, each));
  }));
});
