import assert from "node:assert/strict";
import { keyedHash } from "./keyed_hash.ts";

/** The key of the reference's vectors: the bytes 0 to 7. */
const key = { low: 0x03020100, high: 0x07060504 };

function check(text: string, expected: string): void {
  const { low, high } = keyedHash(key, text);
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint32(0, low, true);
  bytes.setUint32(4, high, true);
  assert.equal(new Uint8Array(bytes.buffer).toHex(), expected);
}

Deno.test("the hash is HalfSipHash-2-4 by its authors' vectors of an even number of bytes", () => {
  check("", "218d1f59b9b83cc8");
  check("\u0100", "064f39ef7c50eb57");
  check("\u0100\u0302", "d5e78a175be52ea1");
  check("\u0100\u0302\u0504", "ce3e91358aa2bc25");
  check("\u0100\u0302\u0504\u0706", "edfee820bce4858c");
});

Deno.test("another key gives another hash", () => {
  assert.notDeepEqual(keyedHash(key, "a"), keyedHash({ ...key, low: 1 }, "a"));
});
