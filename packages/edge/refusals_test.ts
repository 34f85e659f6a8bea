import assert from "node:assert/strict";
import type { LogEvent } from "./log.ts";
import { Refusals } from "./refusals.ts";

Deno.test("INV-9: refusals are logged up to a number in each second, and the others counted", () => {
  let nowNs = 5_000_000_000n;
  const events: LogEvent[] = [];
  const clock = {
    wallNs: () => nowNs,
    monotonicNs: () => nowNs,
    monotonicMs: () => Number(nowNs) / 1e6,
    resolutionNs: 1n,
    sleep: () => Promise.resolve(),
  };
  const refusals = new Refusals(clock, (event) => events.push(event));
  const refused = { status: 400, why: "the request line is malformed", remote: "192.0.2.7" };
  for (let count = 0; count < 100; count += 1) refusals.note(refused);
  assert.equal(events.length, 10);
  assert.deepEqual(events[0], {
    type: "refused",
    time: "1970-01-01T00:00:05.000Z",
    ...refused,
    unlogged: undefined,
  });
  nowNs += 1_000_000_000n;
  refusals.note(refused);
  refusals.note(refused);
  const counts = events.slice(10).map((event) => event.type === "refused" && event.unlogged);
  assert.deepEqual(counts, [90, undefined]);
});
