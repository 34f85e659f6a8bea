import assert from "node:assert/strict";
import fc from "fast-check";
import { cacheKey } from "./key.ts";
import { type PurgeScope, scopesOf, scopeText } from "./purge_scope.ts";
import { Purges } from "./purges.ts";
import { defaultCacheSettings } from "./settings.ts";
import { purgeContract } from "./testing/purge_contract.ts";

purgeContract("one thread's own", () => new Purges(100));

Deno.test("what is remembered is bounded, and what is forgotten purges too much, never too little", () => {
  const purges = new Purges(2);
  for (const scope of ["a", "b", "c"]) purges.purge([scope], "hard", 0);
  assert.equal(purges.size, 2);
  assert.equal(purges.judge(0, ["a"]).kind, "purged");
  assert.equal(purges.judge(0, ["z"]).kind, "purged", "nobody knows");
  assert.equal(purges.judge(1, ["z"]).kind, "current");
  assert.equal(purges.judge(1, ["b"]).kind, "purged");
});

Deno.test("purges that nothing is older than are forgotten without a trace", () => {
  const purges = new Purges(10);
  for (const scope of ["a", "b", "c"]) purges.purge([scope], "hard", 0);
  purges.forgetBefore(2);
  assert.equal(purges.size, 1);
  assert.equal(purges.judge(2, ["a", "b"]).kind, "current");
  assert.equal(purges.judge(2, ["c"]).kind, "purged");
});

Deno.test("no two scopes are purged by one text", () => {
  const owner = { tenant: "t", service: "s" };
  const scopes: PurgeScope[] = [
    { kind: "resource", resource: "t\ns\nhttp://a/" },
    { kind: "surrogate key", owner, key: "a" },
    { kind: "host", tenant: "t", host: "a" },
    { kind: "service", owner },
    { kind: "surrogate key", owner: { tenant: "t", service: "s2" }, key: "a" },
    { kind: "host", tenant: "t2", host: "a" },
  ];
  assert.equal(new Set(scopes.map(scopeText)).size, scopes.length);
  const request = {
    method: "GET",
    scheme: "http",
    host: "a",
    path: "/",
    query: undefined,
    fields: [],
  } as const;
  const key = cacheKey(owner, request, defaultCacheSettings.key);
  assert.deepEqual(new Set(scopesOf(key, ["a"])), new Set(scopes.slice(0, 4).map(scopeText)));
});

interface Fill {
  readonly began: number;
  readonly epoch: number;
  readonly scopes: string[];
}

Deno.test("INV-15: a purge beats every fill that began before it, in any schedule", () => {
  const scope = fc.constantFrom("a", "b", "c", "d", "e");
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("fill" as const),
      scopes: fc.uniqueArray(scope, { minLength: 1 }),
    }),
    fc.record({
      kind: fc.constant("purge" as const),
      scopes: fc.uniqueArray(scope, { minLength: 1, maxLength: 3 }),
      mode: fc.constantFrom("hard" as const, "soft" as const),
    }),
    fc.record({ kind: fc.constant("forget" as const) }),
  );
  const schedule = fc.array(step, { maxLength: 40 });
  fc.assert(
    fc.property(schedule, fc.integer({ min: 1, max: 6 }), (steps, recordsMax) => {
      const purges = new Purges(recordsMax);
      let fills: Fill[] = [];
      const applied: { at: number; scopes: string[]; mode: string }[] = [];
      for (const [at, step] of steps.entries()) {
        if (step.kind === "fill") {
          fills.push({ began: at, epoch: purges.epoch, scopes: step.scopes });
        } else if (step.kind === "purge") {
          purges.purge(step.scopes, step.mode, at);
          applied.push({ at, scopes: step.scopes, mode: step.mode });
        } else {
          const oldest = Math.min(purges.epoch, ...fills.slice(-3).map(({ epoch }) => epoch));
          fills = fills.slice(-3);
          purges.forgetBefore(oldest);
        }
        for (const fill of fills) {
          const after = applied.filter((purge) =>
            purge.at > fill.began && purge.scopes.some((one) => fill.scopes.includes(one))
          );
          const verdict = purges.judge(fill.epoch, fill.scopes).kind;
          if (after.some(({ mode }) => mode === "hard")) assert.equal(verdict, "purged");
          else if (after.length > 0) assert.notEqual(verdict, "current");
          // Only where some were forgotten may more be purged than was asked for.
          else if (recordsMax >= 5) assert.equal(verdict, "current");
        }
      }
    }),
    { numRuns: 2000 },
  );
});
