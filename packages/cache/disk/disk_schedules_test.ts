import assert from "node:assert/strict";
import fc from "fast-check";
import { type AnswerKind, type DiskStep, DiskWorld } from "../testing/disk_world.ts";

const path = fc.constantFrom("/a", "/a", "/b");
const which = fc.nat(10);
const thread = fc.nat(1);

function step<Kind extends DiskStep["kind"]>(
  weight: number,
  kind: Kind,
  rest: { [K in Exclude<keyof Extract<DiskStep, { kind: Kind }>, "kind">]: fc.Arbitrary<unknown> },
): fc.WeightedArbitrary<DiskStep> {
  const arbitrary = fc.record({ kind: fc.constant(kind), ...rest });
  return { weight, arbitrary: arbitrary as fc.Arbitrary<unknown> as fc.Arbitrary<DiskStep> };
}

const answers: readonly AnswerKind[] = [
  ...["small", "small", "large", "large", "large", "varied", "large varied"] as const,
  ...["uncacheable", "confirm", "confirm"] as const,
];

const steps = fc.array(
  fc.oneof(
    step(12, "ask", { thread, path, foo: fc.constantFrom("1", "1", "2") }),
    step(8, "answer", { which, how: fc.constantFrom(...answers) }),
    step(8, "piece", { which, how: fc.constantFrom("more", "end", "end", "break") }),
    step(30, "disk", { which }),
    step(3, "purge", { path, by: fc.constantFrom("url", "key", "service") }),
    step(1, "write", { thread, path }),
    step(4, "evict", { path }),
    step(1, "wait", {}),
    step(1, "damage", { which, bit: fc.oneof(fc.nat(2_000), fc.nat(20_000)) }),
    step(1, "fail", {}),
    step(1, "restart", {}),
  ),
  { minLength: 20, maxLength: 150 },
);

Deno.test("INV-15: with a disk tier, nobody is served what was asked for before a purge, nor anything damaged, whoever is killed when", async () => {
  const counts = { served: 0, fromDisk: 0, damaged: 0 };
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const world = new DiskWorld();
      for (const step of steps) await world.happen(step);
      await world.finish();
      counts.served += world.served;
      counts.fromDisk += world.fromDisk;
      counts.damaged += world.damaged;
    }),
    { numRuns: 10_000 },
  );
  assert.ok(counts.fromDisk > 100 && counts.damaged > 100, JSON.stringify(counts));
});
