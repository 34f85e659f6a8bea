import assert from "node:assert/strict";
import fc from "fast-check";
import type { PurgeRecords } from "./purge_records.ts";
import { PurgeTable } from "./purge_table.ts";
import { Purges } from "./purges.ts";
import { Crowd, type CrowdStep } from "./testing/crowd.ts";
import { newWords } from "./testing/purge_words.ts";

const path = fc.constantFrom("/a", "/b");
const which = fc.nat(10);

const step: fc.Arbitrary<CrowdStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("ask" as const),
      path,
      foo: fc.constantFrom("1", "1", "2"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("head" as const),
      which,
      isKept: fc.constantFrom(true, true, true, false),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("end" as const),
      which,
      how: fc.constantFrom("complete" as const, "complete" as const, "failed" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("purge" as const),
      path,
      by: fc.constantFrom("url" as const, "key" as const),
      mode: fc.constantFrom("hard" as const, "hard" as const, "soft" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("look" as const) }) },
);

/** Who remembers purges; the table has not room enough for all. */
const ways: Record<string, { readonly runs: number; newPurges(): PurgeRecords }> = {
  "one thread's own purges": { runs: 10_000, newPurges: () => new Purges(1000) },
  "a node's table of purges": { runs: 5_000, newPurges: () => new PurgeTable(newWords(1)) },
};

for (const [way, { runs, newPurges }] of Object.entries(ways)) {
  const rule =
    "who comes after a purge shares no fetch that began before it, and everybody is served";
  Deno.test(`INV-15: ${rule}, with ${way}`, () => {
    let [served, followed] = [0, 0];
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 80 }), (steps) => {
        const crowd = new Crowd(newPurges());
        for (const step of steps) crowd.happen(step);
        crowd.finish();
        served += crowd.served;
        followed += crowd.followed;
      }),
      { numRuns: runs },
    );
    assert.ok(followed > 1000 && served > followed, `${followed} of ${served} followed`);
  });
}
