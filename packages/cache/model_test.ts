import assert from "node:assert/strict";
import fc from "fast-check";
import type { SetStore } from "./set_store.ts";
import { newMemory, newRegionStore, takingTurns } from "./testing/region_memory.ts";
import { heapStore } from "./testing/simulation.ts";
import { type Policy, ReferenceModel, type Wish } from "./testing/reference_model.ts";
import { type Happening, type Tally, World } from "./testing/world.ts";

const path = fc.constantFrom("/a", "/b", "/c");
const seconds = fc.constantFrom(0, 1, 2, 3, 5);
const rarely = fc.nat(9).map((number) => number === 0);
const span = fc.option(seconds, { nil: undefined, freq: 4 });
const rareSpan = rarely.chain((is) => is ? seconds : fc.constant(undefined));

const wish: fc.Arbitrary<Wish> = fc.record({
  path,
  foo: fc.constantFrom(undefined, "1", "2"),
  isAuthorized: rarely,
  noCache: rarely,
  noStore: rarely,
  maxAge: rareSpan,
  minFresh: rareSpan,
  maxStale: rareSpan,
});

const flag = fc.constantFrom(
  "no-store",
  "private",
  "no-cache",
  "must-revalidate",
  "public",
) as fc.Arbitrary<
  Policy["flags"][number]
>;

const policy: fc.Arbitrary<Policy> = fc.record({
  maxAge: span,
  shared: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: seconds },
  ),
  staleWhileRevalidate: fc.constantFrom(0, 0, 2, 4),
  staleIfError: fc.constantFrom(0, 3, 6, 20),
  flags: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.uniqueArray(flag, { maxLength: 2 }) },
  ),
  variesByFoo: fc.boolean(),
  aged: fc.constantFrom(0, 0, 0, 1, 3),
  agedBy: fc.constantFrom("age", "date"),
});

const which = fc.nat(20);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("ask" as const),
      wish,
      method: fc.constantFrom("GET", "GET", "GET", "GET", "GET", "GET", "HEAD", "POST"),
    }) as fc.Arbitrary<Happening>,
  },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constant("reach" as const),
      which,
      how: fc.constantFrom("answer", "answer", "answer", "error", "down"),
    }) as fc.Arbitrary<Happening>,
  },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant("deliver" as const), which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("change" as const), path, policy }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("purge" as const),
      path: fc.option(path, { nil: undefined, freq: 4 }),
      by: fc.constantFrom("url" as const, "key" as const, "host" as const),
      mode: fc.constantFrom("hard" as const, "soft" as const),
    }),
  },
);

/** Stores that are soon full, and some that are not. */
const stores: Record<string, { readonly runs: number; newStore(size: number): SetStore }> = {
  "a thread's heap": { runs: 10_000, newStore: (size) => heapStore(size * 3_000) },
  "memory that threads share": {
    runs: 2_000,
    newStore: (size) => {
      const memory = newMemory(size * 15_000, 2);
      return takingTurns([newRegionStore(memory, 0), newRegionStore(memory, 1)]);
    },
  },
};

for (const [kind, { runs, newStore }] of Object.entries(stores)) {
  const rule = "no answer of the cache is one that the reference model forbids, in any schedule";
  Deno.test(`INV-15: ${rule}, with ${kind}`, () => checkSchedules(runs, newStore));
}

function checkSchedules(runs: number, newStore: (size: number) => SetStore): void {
  const tally: Tally = { hit: 0, stale: 0, validated: 0, instead: 0, passed: 0 };
  const start = fc.array(policy, { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(
      start,
      fc.array(happening, { minLength: 20, maxLength: 160 }),
      fc.constantFrom(1, 2, 30),
      fc.constantFrom(2, 1000),
      (policies, happenings, size, recordsMax) => {
        const world = new World(newStore(size), recordsMax, tally);
        for (const [index, policy] of policies.entries()) {
          world.happen({ kind: "change", path: ["/a", "/b", "/c"][index] ?? "/a", policy });
        }
        for (const happening of happenings) world.happen(happening);
      },
    ),
    { numRuns: runs },
  );
  // It is no proof of anything if the cache never answers.
  for (const [kind, count] of Object.entries(tally)) {
    assert.ok(count > runs / 100, `${kind}: ${count}`);
  }
}

Deno.test("the reference model forbids what it should", () => {
  const model = new ReferenceModel(10);
  const plain: Wish = {
    path: "/a",
    foo: undefined,
    isAuthorized: false,
    noCache: false,
    noStore: false,
    maxAge: undefined,
    minFresh: undefined,
    maxStale: undefined,
  };
  const said = (serial: number, more: Partial<Policy>, wish = plain) =>
    model.origin({
      serial,
      wish,
      status: 200,
      version: 1,
      askedAt: 1,
      saidSecond: 0,
      policy: {
        maxAge: 5,
        shared: undefined,
        staleWhileRevalidate: 0,
        staleIfError: 0,
        flags: [],
        variesByFoo: false,
        aged: 0,
        agedBy: "age",
        ...more,
      },
    });
  said(1, {});
  assert.equal(model.judge(1, plain, 4, "alone"), undefined);
  assert.match(model.judge(1, plain, 5, "alone") ?? "", /stale for 0/);
  assert.equal(model.judge(1, plain, 15, "after-no-answer"), undefined);
  assert.match(model.judge(1, plain, 15, "after-error") ?? "", /stale for 10/);
  assert.match(model.judge(1, { ...plain, noCache: true }, 1, "alone") ?? "", /no-cache/);
  assert.match(model.judge(1, { ...plain, path: "/b" }, 1, "alone") ?? "", /something else/);
  assert.match(model.judge(2, plain, 1, "alone") ?? "", /nobody/);
  said(3, { flags: ["no-store"] });
  assert.match(model.judge(3, plain, 1, "alone") ?? "", /no-store/);
  said(4, {}, { ...plain, isAuthorized: true });
  assert.match(model.judge(4, plain, 1, "alone") ?? "", /authorised/);
  model.purge({ at: 2, second: 1, path: "/a", mode: "hard" });
  assert.match(model.judge(1, plain, 1, "alone") ?? "", /purged/);
});
