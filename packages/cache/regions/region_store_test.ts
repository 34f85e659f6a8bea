import assert from "node:assert/strict";
import fc from "fast-check";
import { numberedSet, numberOf } from "../testing/numbered_sets.ts";
import { newMemory, newRegionStore as newStore } from "../testing/region_memory.ts";
import { planMemory } from "./memory_plan.ts";
import { openMemory } from "./node_memory.ts";
import { readRecord, recordHead, recordHeadWords } from "./record.ts";
import type { RegionStore } from "./region_store.ts";

/** Keeps a numbered set under `key`, and finds it. */
function put(store: RegionStore, tenant: string, key: string, number: number, bytes = 20) {
  return store.set(tenant, key, numberedSet(number, key, bytes), 0);
}

function find(store: RegionStore, tenant: string, key: string): number | undefined {
  const set = store.get(tenant, key);
  return set && (numberOf(set, key) ?? assert.fail("not what was kept under this key"));
}

Deno.test("what is kept through one thread is found by every thread, whichever reads or writes it next", () => {
  const memory = newMemory(100_000, 3);
  const stores = [0, 1, 2].map((region) => newStore(memory, region));
  for (const [at, writer] of stores.entries()) {
    assert.equal(put(writer, "t", "t\nkey", at), "kept");
    for (let times = 0; times < 10; times += 1) {
      for (const reader of stores) assert.equal(find(reader, "t", "t\nkey"), at);
    }
  }
  assert.equal(stores[0]?.delete("t", "t\nkey"), true);
  for (const reader of stores) assert.equal(find(reader, "t", "t\nkey"), undefined);
  assert.equal(stores[1]?.delete("t", "t\nkey"), false);
});

Deno.test("tenants, and keys of any characters, are told apart", () => {
  const store = newStore(newMemory(200_000, 1));
  const names = [["a", "a\nx"], ["a", "x"], ["", "a\nx"], ["a\n", "x"], ["a", "\u4e00x"]] as const;
  for (const [at, [tenant, key]] of names.entries()) put(store, tenant, key, at);
  for (const [at, [tenant, key]] of names.entries()) assert.equal(find(store, tenant, key), at);
});

Deno.test("what was used stays while others pass through", () => {
  const store = newStore(newMemory(64_000, 1));
  for (let index = 0; index < 20; index += 1) put(store, "t", `hot${index}`, index);
  for (let index = 0; index < 20; index += 1) find(store, "t", `hot${index}`);
  for (let index = 0; index < 5000; index += 1) put(store, "t", `scan${index}`, index);
  for (let index = 0; index < 20; index += 1) assert.equal(find(store, "t", `hot${index}`), index);
  assert.ok(store.evictions > 4000);
});

Deno.test("what comes back soon after it was let go of is kept longer than what is new", () => {
  const store = newStore(newMemory(64_000, 1));
  const scan = (name: string, count: number) => {
    for (let index = 0; index < count; index += 1) put(store, "t", `${name}${index}`, index);
  };
  // Something has to be in the main log, or else the small one may have everything.
  for (let index = 0; index < 400; index += 1) {
    put(store, "t", `hot${index}`, index);
    find(store, "t", `hot${index}`);
  }
  scan("first", 400);
  put(store, "t", "again", 1);
  scan("second", 150);
  assert.equal(find(store, "t", "again"), undefined);
  put(store, "t", "again", 2);
  put(store, "t", "new", 2);
  scan("third", 150);
  assert.equal(find(store, "t", "new"), undefined);
  assert.equal(find(store, "t", "again"), 2);
});

Deno.test("who is within their share loses nothing to others", () => {
  const store = newStore(newMemory(64_000, 1));
  for (let index = 0; index < 60; index += 1) put(store, "small", `k${index}`, index);
  for (let index = 0; index < 5000; index += 1) put(store, "large", `k${index}`, index);
  for (let index = 0; index < 60; index += 1) {
    assert.equal(find(store, "small", `k${index}`), index);
  }
});

Deno.test("a share is a weight's part, and what nobody else wants may be had besides", () => {
  const weights: Record<string, number> = { heavy: 3, light: 1 };
  const store = newStore(newMemory(128_000, 1), 0, { weightOf: (tenant) => weights[tenant] ?? 1 });
  for (let index = 0; index < 3000; index += 1) put(store, "light", `k${index}`, index);
  const all = store.usage("light").bytes;
  assert.equal(all, store.bytes);
  for (let index = 0; index < 3000; index += 1) put(store, "heavy", `k${index}`, index);
  const [heavy, light] = [store.usage("heavy").bytes, store.usage("light").bytes];
  assert.ok(Math.abs(heavy / light - 3) < 0.3, `${heavy} and ${light}`);
});

Deno.test("many small values of one tenant take no slots of the index from others", () => {
  const store = newStore(newMemory(64_000, 1));
  for (let index = 0; index < 20; index += 1) put(store, "few", `k${index}`, index);
  for (let index = 0; index < 5000; index += 1) {
    store.set("many", `k${index}`, { variants: [], hitForMissUntilMs: index }, 0);
  }
  const left = Array.from({ length: 20 }, (_, index) => find(store, "few", `k${index}`));
  // Two buckets may both be full.
  assert.ok(left.filter((number) => number !== undefined).length >= 19);
});

Deno.test("what is larger than the bound is refused, and what it would have replaced is gone", () => {
  const memory = newMemory(100_000, 2);
  const [one, other] = [newStore(memory, 0, { valueBytesMax: 1000 }), newStore(memory, 1)];
  assert.equal(put(other, "t", "a", 1), "kept");
  assert.equal(put(one, "t", "a", 2, 1500), "refused");
  assert.equal(find(one, "t", "a"), undefined);
  assert.equal(find(other, "t", "a"), undefined);
});

Deno.test("whose region has another owner keeps nothing more in it, and what is newer than theirs is what they find", () => {
  const memory = newMemory(100_000, 2);
  const [replaced, other] = [newStore(memory, 0), newStore(memory, 1)];
  put(replaced, "t", "a", 1);
  const successor = newStore(memory, 0);
  assert.equal(find(other, "t", "a"), undefined);
  assert.equal(find(replaced, "t", "a"), undefined);
  assert.equal(put(successor, "t", "a", 2), "kept");
  assert.equal(find(replaced, "t", "a"), 2);
  assert.equal(put(replaced, "t", "b", 3), "refused");
  // It has fetched something newer, and cannot keep it: nobody has the older one.
  assert.equal(put(replaced, "t", "a", 4), "refused");
  for (const store of [replaced, other, successor]) assert.equal(find(store, "t", "a"), undefined);
});

Deno.test("what is looked at is found as it is, and not kept for it", () => {
  const memory = newMemory(64_000, 2);
  const [store, other] = [newStore(memory, 0), newStore(memory, 1)];
  const peeked = (key: string) => {
    const set = other.peek("t", key);
    return set && numberOf(set, key);
  };
  assert.equal(peeked("seen"), undefined);
  put(store, "t", "seen", 1);
  put(store, "t", "used", 2);
  for (let times = 0; times < 8; times += 1) {
    assert.equal(peeked("seen"), 1);
    assert.equal(find(other, "t", "used"), 2);
  }
  assert.equal(peeked("used"), 2);
  for (let index = 0; index < 1000; index += 1) put(store, "t", `scan${index}`, index);
  assert.equal(peeked("seen"), undefined);
  assert.equal(peeked("used"), 2);
});

Deno.test("memory that was not made for this is not opened, and too little makes none", () => {
  assert.equal(openMemory(new SharedArrayBuffer(100_000)), undefined);
  assert.equal(planMemory(3000, 1, 256), undefined);
});

const step = fc.record({
  kind: fc.constantFrom("set", "set", "set", "get", "get", "delete", "restart"),
  thread: fc.nat(2),
  tenant: fc.constantFrom("a", "b"),
  key: fc.nat(40),
  bytes: fc.oneof(fc.nat(40), fc.nat(700), fc.nat(2000)),
  chance: fc.nat(30),
});

Deno.test("INV-18: whatever threads keep, delete and forget, nobody finds but what was kept last under a key", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 100, maxLength: 400 }), (steps) => {
      const memory = newMemory(60_000, 3);
      const boundBytes = memory.plan.blocks * memory.plan.blockBytes;
      const stores = [0, 1, 2].map((region) => newStore(memory, region));
      const latest = new Map<string, number>();
      for (const [at, { kind, thread, tenant, key: keyNumber, bytes, chance }] of steps.entries()) {
        const store = stores[thread] ?? assert.fail();
        const key = keyNumber % 2 === 0 ? `${tenant}\n${keyNumber}` : `${keyNumber}`;
        const name = `${tenant}/${key}`;
        switch (kind) {
          case "set":
            if (put(store, tenant, key, at, bytes) === "refused") latest.delete(name);
            else latest.set(name, at);
            assert.equal(find(store, tenant, key), latest.get(name));
            break;
          case "get": {
            const found = find(store, tenant, key);
            if (found !== undefined) assert.equal(found, latest.get(name));
            break;
          }
          case "delete":
            store.delete(tenant, key);
            latest.delete(name);
            break;
          case "restart":
            if (chance === 0) stores[thread] = newStore(memory, thread);
        }
        assert.ok(store.bytes <= boundBytes);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("a record that stands where none can begin is none, whoever has written it", () => {
  const { regions: [region] } = newMemory(64_000, 1);
  assert.ok(region !== undefined);
  const [slot, stamp, bytes] = [0, region.newStamp(), 20];
  for (let before = 1; before <= recordHeadWords; before += 1) {
    const place = region.blockWords - before;
    region.words[place + recordHead.stamp] = stamp;
    region.words[place + recordHead.bytes] = bytes;
    region.publish(slot, { low: 0, high: 0 }, stamp, place, 0);
    const found = readRecord(region, slot, 1_000);
    assert.equal(found?.payload.length, before === recordHeadWords ? bytes : undefined);
  }
});
