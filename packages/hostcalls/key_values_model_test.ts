import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { bytesEqual, decodeUtf8, encodeUtf8 } from "@skerry/base";
import { openDatabase } from "@skerry/platform";
import { HandClock } from "./testing/hand_clock.ts";
import { DatabaseKeyValues } from "./key_values.ts";

const budget = { bytesMax: 20, keysMax: 4 };

interface Known {
  readonly tenant: string;
  readonly store: string;
  readonly key: string;
  readonly value: string;
  readonly generation: number;
  readonly expiresMs: number;
}

/** The store as a list of what there is. */
class Model {
  nowMs = 0;
  entries: Known[] = [];
  readonly generations = new Map<string, number>();

  live(tenant: string, store?: string): Known[] {
    this.entries = this.entries.filter(({ expiresMs }) => expiresMs > this.nowMs);
    return this.entries.filter((one) =>
      one.tenant === tenant && (store === undefined || one.store === store)
    );
  }

  find(tenant: string, store: string, key: string): Known | undefined {
    return this.live(tenant, store).find((one) => one.key === key);
  }

  put(tenant: string, store: string, key: string, value: string, ttlMs: number, seen: number) {
    const found = this.find(tenant, store, key);
    const existing = found?.generation ?? 0;
    if (seen >= 0 && seen !== existing) return { kind: "conflict", generation: existing };
    const keys = this.live(tenant);
    const bytes = (all: Known[]) =>
      all.reduce((sum, one) => sum + one.key.length + one.value.length, 0);
    const grown = key.length + value.length - (found === undefined ? 0 : bytes([found]));
    if (found === undefined && keys.length + 1 > budget.keysMax) {
      return { kind: "over budget", which: "keys" };
    }
    if (grown > 0 && bytes(keys) + grown > budget.bytesMax) {
      return { kind: "over budget", which: "bytes" };
    }
    const generation = (this.generations.get(tenant) ?? 0) + 1;
    this.generations.set(tenant, generation);
    const expiresMs = ttlMs === 0 ? Infinity : this.nowMs + ttlMs;
    this.entries = this.entries.filter((one) => one !== found);
    this.entries.push({ tenant, store, key, value, generation, expiresMs });
    return { kind: "ok", generation };
  }

  delete(tenant: string, store: string, key: string, seen: number) {
    const found = this.find(tenant, store, key);
    if (found === undefined) return { kind: "not found" };
    if (seen >= 0 && seen !== found.generation) {
      return { kind: "conflict", generation: found.generation };
    }
    this.entries = this.entries.filter((one) => one !== found);
    return { kind: "ok" };
  }
}

const place = {
  tenant: fc.constantFrom("a", "b"),
  store: fc.constantFrom("s", "t"),
  key: fc.constantFrom("", "k", "kk", "l", "k\u0000"),
};
/** -1: no condition; 0: there must be none; else a generation, which may well be the one that there is. */
const seen = fc.oneof(fc.constantFrom(-1, -1, -1, 0), fc.integer({ min: 1, max: 12 }));
const put = fc.record({
  ...{ do: fc.constant("put" as const), ...place, seen },
  value: fc.integer({ min: 0, max: 8 }).map((length) => "v".repeat(length)),
  ttlMs: fc.constantFrom(0, 0, 5, 20),
});
const step = fc.oneof(
  { weight: 5, arbitrary: put },
  fc.record({ do: fc.constant("delete" as const), ...place, seen }),
  fc.record({ do: fc.constant("get" as const), ...place }),
  fc.record({
    ...{ do: fc.constant("list" as const), ...place },
    keysMax: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ do: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 15 }) }),
  fc.record({ do: fc.constant("sweep" as const), keysMax: fc.integer({ min: 1, max: 2 }) }),
);

Deno.test("whatever is done in whatever order, the store does what a map with a clock does", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
      const clock = new HandClock();
      const database = openDatabase(":memory:", { survives: "process end" });
      const store = new DatabaseKeyValues(database, clock);
      const model = new Model();
      for (const one of steps) take(one, store, model, clock);
      clock.pass(100);
      model.nowMs += 100;
      while (store.sweep(1).kind === "ok" && !isSwept(store));
      for (const tenant of ["a", "b"]) {
        const live = model.live(tenant);
        const bytes = live.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
        deepEqual(store.usage(tenant), { kind: "ok", keys: live.length, bytes });
      }
      database.close();
    }),
    { numRuns: 300 },
  );
});

/** Whether a whole round of sweeps finds nothing. */
function isSwept(store: DatabaseKeyValues): boolean {
  let removed = 0;
  for (let rounds = 0; rounds < 2;) {
    const swept = store.sweep(100);
    if (swept.kind !== "ok") throw new Error(swept.message);
    removed += swept.removed;
    if (swept.then === "the round is over") rounds += 1;
  }
  return removed === 0;
}

function take(
  one: typeof step extends fc.Arbitrary<infer Step> ? Step : never,
  store: DatabaseKeyValues,
  model: Model,
  clock: HandClock,
): void {
  switch (one.do) {
    case "pass":
      clock.pass(one.ms);
      model.nowMs += one.ms;
      return;
    case "sweep":
      equal(store.sweep(one.keysMax).kind, "ok");
      return;
    case "put": {
      const { key, value, ttlMs, tenant } = one;
      const condition = one.seen < 0
        ? "always"
        : one.seen === 0
        ? "absent"
        : { generation: one.seen };
      const write = {
        value: encodeUtf8(value),
        condition,
        ...(ttlMs === 0 ? {} : { ttlMs }),
      } as const;
      deepEqual(
        store.put(one, encodeUtf8(key), write, budget),
        model.put(tenant, one.store, key, value, ttlMs, one.seen),
      );
      return;
    }
    case "delete": {
      const condition = one.seen < 0 ? "always" : { generation: one.seen };
      deepEqual(
        store.delete(one, encodeUtf8(one.key), condition),
        model.delete(one.tenant, one.store, one.key, one.seen),
      );
      return;
    }
    case "get": {
      const found = store.get(one, encodeUtf8(one.key));
      const known = model.find(one.tenant, one.store, one.key);
      if (found.kind !== "ok") return equal(known, undefined);
      equal(found.entry.generation, known?.generation);
      equal(bytesEqual(found.entry.value, encodeUtf8(known?.value ?? "")), true);
      return;
    }
    case "list":
      return deepEqual(
        listed(store, one, one.key, one.keysMax),
        model.live(one.tenant, one.store).map(({ key }) => key)
          .filter((key) => key.startsWith(one.key)).sort(),
      );
  }
}

function listed(
  store: DatabaseKeyValues,
  name: { readonly tenant: string; readonly store: string },
  prefix: string,
  keysMax: number,
): string[] {
  const keys: string[] = [];
  let after: Uint8Array | undefined;
  do {
    const listing = { prefix: encodeUtf8(prefix), keysMax };
    const page = store.list(name, after === undefined ? listing : { ...listing, after });
    if (page.kind !== "ok") throw new Error(page.kind);
    keys.push(...page.keys.map(({ key }) => decodeUtf8(key)));
    after = page.after;
  } while (after !== undefined);
  return keys;
}
