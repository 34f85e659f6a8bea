import { ok } from "node:assert/strict";
import fc from "fast-check";
import { PurgeTable } from "../purge_table.ts";
import { type CrowdStep, FragmentCrowd } from "../testing/fragment_crowd.ts";
import { heapParts, type HouseParts } from "../testing/fragment_house.ts";
import { newWords } from "../testing/purge_words.ts";
import { newMemory, newRegionStore } from "../testing/region_memory.ts";

const key = fc.constantFrom("a", "a", "b");
const foo = fc.constantFrom("1", "1", "1", "2");
const which = fc.nat(10);
const lives = fc.constantFrom(true, true, true, true, false);

const step: fc.Arbitrary<CrowdStep> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({ kind: fc.constant("transact" as const), key, foo }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("find" as const), key, foo }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("set" as const), key, foo, lives }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("insert" as const), which, lives }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("write", "write", "finish", "finish", "abandon") as fc.Arbitrary<
        "write" | "finish" | "abandon"
      >,
      which,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("update" as const, "cancel" as const, "end" as const),
      which,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("purge" as const),
      key,
      by: fc.constantFrom("key" as const, "surrogate key" as const),
      mode: fc.constantFrom("hard" as const, "hard" as const, "soft" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      ms: fc.constantFrom(10, 500, 1_500, 3_000),
    }),
  },
);

const houses: Readonly<
  Record<string, { readonly runs: number; readonly build: () => HouseParts }>
> = {
  "one thread": { runs: 10_000, build: () => heapParts(20_000, 5) },
  "threads that share memory and purges": {
    runs: 3_000,
    build: () => {
      const memory = newMemory(40_000, 2);
      const stores = [0, 1].map((region) => newRegionStore(memory, region));
      return { stores, purges: new PurgeTable(newWords(1)) };
    },
  },
};

const rule = "nobody who comes after a purge of a fragment gets what was begun before it";

for (const [kind, { runs, build }] of Object.entries(houses)) {
  Deno.test(`INV-15: in any schedule ${rule}, and nobody waits for ever: ${kind}`, async () => {
    let [served, followed, handedOver] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        const crowd = new FragmentCrowd(build());
        for (const step of steps) await crowd.happen(step);
        await crowd.finish();
        served += crowd.served;
        followed += crowd.followed;
        handedOver += crowd.handedOver;
      }),
      { numRuns: runs },
    );
    // It is no proof of anything if nobody ever meets another.
    const tally = `${served} served, ${followed} followed, ${handedOver} handed over`;
    ok(served > runs / 2 && followed > runs / 10 && handedOver > runs / 10, tally);
  });
}
