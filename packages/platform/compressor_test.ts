import assert from "node:assert/strict";
import { brotliDecompressSync, createGunzip, gunzipSync } from "node:zlib";
import { concatBytes } from "@skerry/base";
import type { ContentCoding } from "@skerry/http";
import { SystemCompressor } from "./compressor.ts";

const text = new TextEncoder().encode("edge ".repeat(50_000));

const compressor = new SystemCompressor();

function coded(coding: ContentCoding, body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const pieces = compressor.pieces(coding, body);
  assert.ok(pieces !== undefined);
  return pieces;
}

async function* inPieces(bytes: Uint8Array, length: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

Deno.test("bodies are coded whole and in pieces, and come out as they went in", async () => {
  for (const [coding, decode] of [["gzip", gunzipSync], ["br", brotliDecompressSync]] as const) {
    const whole = await compressor.whole(coding, text);
    assert.ok(whole.length < text.length / 20);
    assert.deepEqual(new Uint8Array(decode(whole)), text);
    for (const length of [7_001, 64 * 1024, text.length]) {
      const pieces = await Array.fromAsync(coded(coding, inPieces(text, length)));
      assert.deepEqual(new Uint8Array(decode(concatBytes(pieces))), text);
    }
    const none = await Array.fromAsync(coded(coding, inPieces(text, 0x7fffffff)));
    assert.ok(none.length > 0);
  }
});

Deno.test("a client can read a piece before the next was written", async () => {
  const gunzip = createGunzip();
  let seen = "";
  gunzip.on("data", (bytes) => seen += bytes);
  async function* body() {
    yield new TextEncoder().encode("first");
    for (let turn = 0; turn < 100 && seen !== "first"; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    yield new TextEncoder().encode(seen);
  }
  for await (const piece of coded("gzip", body())) gunzip.write(piece);
  await new Promise((resolve) => gunzip.end(resolve));
  assert.equal(seen, "firstfirst");
});

Deno.test("a body that breaks off is not ended as if it were whole", async () => {
  async function* broken() {
    yield text;
    throw new Error("the guest is gone");
  }
  await assert.rejects(
    Array.fromAsync(coded("br", broken())),
    /the guest is gone/,
  );
});

Deno.test("so many bodies are coded as they stream and no more; one that ends or breaks off makes room", async () => {
  const two = new SystemCompressor(2);
  const start = () => two.pieces("br", inPieces(text, 1000))?.[Symbol.asyncIterator]();
  const [first, second] = [start(), start()];
  assert.ok(first !== undefined && second !== undefined);
  await first.next();
  await second.next();
  assert.equal(two.pieces("gzip", inPieces(text, 1000)), undefined);
  await first.return?.();
  const third = two.pieces("gzip", inPieces(text, 1000));
  assert.ok(third !== undefined);
  assert.equal(start(), undefined);
  await Array.fromAsync(third);
  assert.ok(start() !== undefined);
  await second.return?.();
});
