import assert from "node:assert/strict";
import { Pace } from "./pace.ts";

type Step = readonly [ms: number, bytes: number, isOwed?: false];

/** When it is first too slow, of steps of so many milliseconds with so many bytes each; undefined where never. */
function slowAt(pace: Pace, steps: readonly Step[]): number | undefined {
  let [now, sent] = [1_000, 0];
  pace.isTooSlow(now, sent, true);
  for (const [ms, bytes, isOwed = true] of steps) {
    now += ms;
    sent += bytes;
    if (pace.isTooSlow(now, sent, isOwed)) return now - 1_000;
  }
  return undefined;
}

function many(count: number, ...steps: readonly Step[]): Step[] {
  return Array.from({ length: count }, () => steps).flat();
}

const slow = () => new Pace(1_000, 5_000);

Deno.test("who keeps the rate is never too slow, who sends nothing is when the time is over", () => {
  assert.equal(slowAt(slow(), many(1_000, [100, 100])), undefined);
  assert.equal(slowAt(slow(), many(1_000, [100, 0])), 5_000);
});

Deno.test("who sends a byte now and then is too slow nearly as soon", () => {
  assert.equal(slowAt(slow(), many(1_000, [100, 1])), 5_100);
  assert.equal(slowAt(slow(), many(1_000, [100, 50])), 10_000);
});

Deno.test("who was fast may not be slow for it, and who falls behind can catch up", () => {
  assert.equal(slowAt(slow(), [[100, 1_000_000], ...many(100, [100, 0])]), 5_100);
  assert.equal(slowAt(slow(), many(9, ...many(40, [100, 0]), [100, 4_100])), undefined);
});

Deno.test("time in which it is not their turn does not count", () => {
  assert.equal(slowAt(slow(), many(1_000, [100, 0, false])), undefined);
  assert.equal(slowAt(slow(), many(10, ...many(40, [100, 0]), [60_000, 0, false])), undefined);
});

Deno.test("a rate of nothing asks for any byte within the time", () => {
  assert.equal(slowAt(new Pace(0, 5_000), many(100, [4_000, 1])), undefined);
  assert.equal(slowAt(new Pace(0, 5_000), many(100, [1_000, 0])), 5_000);
});
