import assert from "node:assert/strict";
import * as fc from "fast-check";
import { RequestBody } from "./request_body.ts";

/** Reads all of a body in pieces of up to these sizes, again and again. */
async function readAll(body: RequestBody, sizes: readonly number[]): Promise<number[]> {
  const all: number[] = [];
  for (let count = 0;; count += 1) {
    const piece = await body.read(sizes[count % sizes.length] ?? 1);
    if (piece.length === 0) return all;
    all.push(...piece);
  }
}

Deno.test("a body is what arrived, in whatever pieces it comes and is read, and each byte is told once", async () => {
  const length = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 900, max: 5_000 }));
  const sizes = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(length, { maxLength: 20 }),
      sizes,
      fc.boolean(),
      async (lengths, sizes, isEarly) => {
        let told = 0;
        const body = new RequestBody((bytes) => told += bytes);
        const early = isEarly ? readAll(body, sizes) : undefined;
        const expected: number[] = [];
        for (const length of lengths) {
          const piece = Uint8Array.from({ length }, (_, index) => (expected.length + index) % 251);
          expected.push(...piece);
          body.add(piece);
          if (isEarly) await Promise.resolve();
        }
        body.end();
        assert.deepEqual(await (early ?? readAll(body, sizes)), expected);
        assert.equal(told, expected.length);
        assert.equal(body.isRead, true);
      },
    ),
  );
});

Deno.test("a body that is broken off rejects who reads it, and gives back what nobody read", async () => {
  let told = 0;
  const body = new RequestBody((bytes) => told += bytes);
  body.add(new Uint8Array(3));
  const waiting = (async () => {
    await body.read(10);
    await body.read(10);
  })();
  await Promise.resolve();
  body.add(new Uint8Array(0));
  body.breakOff();
  await assert.rejects(waiting, /ended before its body/);
  assert.equal(told, 3);
  const unread = new RequestBody((bytes) => told += bytes);
  unread.add(new Uint8Array(2_000));
  unread.breakOff();
  unread.breakOff();
  await assert.rejects(async () => await unread.read(1), /ended before its body/);
  assert.equal(told, 2_003);
});

Deno.test("single bytes do not cost a hundred each", () => {
  const body = new RequestBody(() => {});
  for (let count = 0; count < 10_000; count += 1) body.add(new Uint8Array(1));
  const piece = body.read(100_000);
  assert.ok(piece instanceof Uint8Array && piece.length >= 4_000);
});
