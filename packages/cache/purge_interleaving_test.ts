import assert from "node:assert/strict";
import { interleave, type InterleavingOptions } from "./testing/interleaving.ts";

Deno.test("INV-15: whatever comes between whose steps, a purge that has returned beats every fill that began before it", () => {
  const all = { displaced: 0, died: 0, nested: 0, current: 0, stale: 0, purged: 0 };
  const play = (seed: number, options: InterleavingOptions) => {
    const { displaced, died, nested, judged } = interleave(seed, options);
    all.displaced += displaced;
    all.died += died;
    all.nested += nested;
    for (const kind of ["current", "stale", "purged"] as const) all[kind] += judged[kind];
  };
  const tight = { buckets: 1, scopeCount: 20, happenings: 30 };
  for (let seed = 0; seed < 5_000; seed++) play(seed, tight);
  const roomy = { buckets: 4, scopeCount: 6, happenings: 12 };
  for (let seed = 5_000; seed < 15_000; seed++) play(seed, roomy);
  for (const [what, count] of Object.entries(all)) assert.ok(count > 5_000, `${what}: ${count}`);
});
