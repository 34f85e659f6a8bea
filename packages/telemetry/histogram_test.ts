import assert from "node:assert/strict";
import { array, assert as assertProperty, constantFrom, double, oneof, property } from "fast-check";
import { boundsMs, bucketCount, bucketOf, quantileMs } from "./histogram.ts";

Deno.test("a time is in the first bucket whose bound is not below it", () => {
  const time = oneof(
    double({ min: 0, max: 1e5, noNaN: true }),
    double({ min: 0, noNaN: true }),
    constantFrom(...boundsMs, ...boundsMs.map((bound) => bound * (1 + 1e-12))),
  );
  assertProperty(property(time, (ms) => {
    const found = boundsMs.findIndex((bound) => ms <= bound);
    assert.equal(bucketOf(ms), found < 0 ? bucketCount - 1 : found);
  }));
  assert.equal(bucketOf(Number.NaN), 0);
});

Deno.test("a quantile is within the bucket that the true one is in", () => {
  const times = array(double({ min: 0, max: 30_000, noNaN: true }), { minLength: 1 });
  assertProperty(property(times, constantFrom(0.5, 0.9, 0.99, 1), (times, share) => {
    const counts = new Array<number>(bucketCount).fill(0);
    for (const ms of times) counts[bucketOf(ms)] = (counts[bucketOf(ms)] ?? 0) + 1;
    const sorted = times.toSorted((left, right) => left - right);
    const exact = sorted[Math.ceil(share * sorted.length - 1e-9) - 1] ?? Number.NaN;
    const told = quantileMs(counts, share) ?? Number.NaN;
    const bucket = bucketOf(exact);
    assert.ok(told <= (boundsMs[bucket] ?? Infinity) && told >= (boundsMs[bucket - 1] ?? 0));
  }));
  assert.equal(quantileMs([], 0.5), undefined);
  assert.equal(quantileMs([...boundsMs.map(() => 0), 4], 0.5), boundsMs.at(-1));
});
