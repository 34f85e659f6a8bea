import { ok } from "node:assert/strict";
import fc from "fast-check";
import { CounterRun, type Happening } from "../testing/counter_happening.ts";

const path = fc.constantFrom("/a", "/b");
const which = fc.nat(12);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("ask" as const),
      path,
      foo: fc.constantFrom("1", "1", "1", "2"),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("head" as const),
      which,
      how: fc.constantFrom(
        ...[
          "kept",
          "kept",
          "stale soon",
          "stale soon",
          "private",
          "whole",
          "error",
          "fail",
        ] as const,
      ),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        ...["send", "send", "end", "end", "cut", "read", "read", "read", "leave"] as const,
      ),
      which,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("purge" as const), path }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      ms: fc.constantFrom(500, 2_000, 40_000),
    }),
  },
);

Deno.test("INV-15, INV-16: whatever the order of events, each is answered by one fetch that they may have, whole or knowing that it is not", async () => {
  const tally: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 10, maxLength: 60 }), async (happenings) => {
      const run = new CounterRun();
      for (const one of happenings) await run.happen(one);
      await run.finish();
      for (const [result, count] of Object.entries(run.tally)) {
        tally[result] = (tally[result] ?? 0) + count;
      }
    }),
    { numRuns: 500 },
  );
  for (const result of ["hit", "stale", "collapsed", "miss", "pass", "failed", "gone"]) {
    ok((tally[result] ?? 0) > 3, `${result}: ${JSON.stringify(tally)}`);
  }
});
