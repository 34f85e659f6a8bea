import assert from "node:assert/strict";
import fc from "fast-check";
import { concatBytes } from "@skerry/base";
import { GrowingBody, segmentBytes } from "./body.ts";
import { S3Fifo } from "./s3_fifo.ts";
import { SharedStore } from "./shared_store.ts";

function newStore(
  bytesMax: number,
  weights: Record<string, number> = {},
  gone: string[] = [],
): SharedStore<string> {
  return new SharedStore<string>({
    bytesMax,
    valueBytesMax: bytesMax,
    weightOf: (tenant) => weights[tenant] ?? 1,
    newPolicy: () => new S3Fifo<string>(),
    evicted: (tenant, key) => gone.push(`${tenant}/${key}`),
  });
}

Deno.test("what was used stays while others pass through", () => {
  const store = newStore(100);
  for (let index = 0; index < 5; index += 1) store.set("t", `hot${index}`, "v", 10);
  for (let index = 0; index < 5; index += 1) store.get("t", `hot${index}`);
  for (let index = 0; index < 1000; index += 1) store.set("t", `scan${index}`, "v", 10);
  for (let index = 0; index < 5; index += 1) assert.equal(store.get("t", `hot${index}`), "v");
  assert.ok(store.bytes <= 100);
});

Deno.test("who is within their share loses nothing to others", () => {
  const gone: string[] = [];
  const store = newStore(100, { small: 1, large: 1 }, gone);
  for (let index = 0; index < 5; index += 1) store.set("small", `k${index}`, "v", 10);
  for (let index = 0; index < 1000; index += 1) store.set("large", `k${index}`, "v", 10);
  assert.equal(store.usage("small").values, 5);
  assert.equal(store.usage("large").bytes, 50);
  assert.ok(gone.every((key) => key.startsWith("large/")));
});

Deno.test("a share is a weight's part, and what nobody else wants may be had besides", () => {
  const store = newStore(100, { heavy: 3, light: 1 });
  for (let index = 0; index < 100; index += 1) store.set("light", `k${index}`, "v", 5);
  assert.equal(store.usage("light").bytes, 100);
  for (let index = 0; index < 100; index += 1) store.set("heavy", `k${index}`, "v", 5);
  assert.equal(store.usage("heavy").bytes, 75);
  assert.equal(store.usage("light").bytes, 25);
});

Deno.test("what is larger than the store is refused, and what it would have replaced is gone", () => {
  const store = newStore(100);
  assert.equal(store.set("t", "a", "old", 10), "kept");
  assert.equal(store.set("t", "a", "new", 101), "refused");
  assert.equal(store.get("t", "a"), undefined);
  assert.equal(store.bytes, 0);
});

Deno.test("whatever is kept, changed and deleted, bytes are counted as they are and stay within the bound", () => {
  const step = fc.record({
    kind: fc.constantFrom("set", "get", "delete"),
    tenant: fc.constantFrom("a", "b", "c"),
    key: fc.constantFrom("1", "2", "3", "4", "5", "6"),
    bytes: fc.nat(60),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const known = new Map<string, { value: string; bytes: number }>();
      const store = new SharedStore<string>({
        bytesMax: 100,
        valueBytesMax: 50,
        weightOf: (tenant) => tenant === "a" ? 2 : 1,
        newPolicy: () => new S3Fifo<string>(),
        evicted: (tenant, key) => known.delete(`${tenant}/${key}`),
      });
      for (const [at, { kind, tenant, key, bytes }] of steps.entries()) {
        const name = `${tenant}/${key}`;
        if (kind === "set") {
          known.set(name, { value: `v${at}`, bytes });
          if (store.set(tenant, key, `v${at}`, bytes) === "refused") known.delete(name);
        } else if (kind === "delete") {
          assert.equal(store.delete(tenant, key), known.delete(name));
        } else assert.equal(store.get(tenant, key), known.get(name)?.value);
        const sum = [...known.values()].reduce((sum, one) => sum + one.bytes, 0);
        assert.equal(store.bytes, sum);
        assert.ok(sum <= 100);
        const used = ["a", "b", "c"].map((one) => store.usage(one).bytes);
        assert.equal(used.reduce((left, right) => left + right), sum);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("a body in segments gives any part of itself, also while it grows", () => {
  const content = new Uint8Array(3 * segmentBytes + 17).map((_, index) => index % 251);
  const piece = fc.nat(2 * segmentBytes);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), piece, piece, (sizes, one, other) => {
      const body = new GrowingBody(content.length);
      let at = 0;
      for (const size of [...sizes, content.length]) {
        const next = Math.min(content.length, at + size);
        assert.equal(body.append(content.subarray(at, next)), "taken");
        at = next;
        const last = Math.min(one + other, at - 1);
        const found = concatBytes([...body.slices(one, last)]);
        assert.deepEqual(found, content.slice(one, Math.max(one, last + 1)));
      }
      const whole = concatBytes([...body.finish().slices(0, content.length - 1)]);
      assert.ok(
        whole.every((byte, index) => byte === content[index]) && whole.length === content.length,
      );
    }),
    { numRuns: 20 },
  );
});

Deno.test("a body that would grow beyond its bound has room again where its beginning was let go of", () => {
  const body = new GrowingBody(2 * segmentBytes);
  assert.equal(body.append(new Uint8Array(2 * segmentBytes)), "taken");
  assert.equal(body.append(Uint8Array.of(7)), "too large");
  body.release(segmentBytes - 1);
  assert.equal(body.append(Uint8Array.of(7)), "too large", "the first segment is wanted yet");
  body.release(2 * segmentBytes);
  assert.equal(body.append(Uint8Array.of(7)), "taken");
  const last = 2 * segmentBytes;
  assert.deepEqual([...body.slices(last, last)], [Uint8Array.of(7)]);
});

Deno.test("a body of several segments that is no longer than one is kept in one piece", () => {
  const body = new GrowingBody(segmentBytes);
  for (let piece = 0; piece < 9; piece += 1) body.append(new Uint8Array(1000).fill(piece));
  const whole = body.finish();
  const slices = [...whole.slices(0, whole.bytes - 1)];
  assert.equal(slices.length, 1);
  assert.deepEqual(slices[0]?.[8500], 8);
});
