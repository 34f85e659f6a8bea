import { deepEqual, equal, ok } from "node:assert/strict";
import { decodeUtf8, encodeUtf8 } from "@skerry/base";
import { openDatabase } from "@skerry/platform";
import { HandClock } from "./testing/hand_clock.ts";
import { DatabaseKeyValues } from "./key_values.ts";
import type { KeyValueBudget, StoreName, Write } from "./key_values_port.ts";
import { keyValueLimits } from "./limits.ts";

const budget: KeyValueBudget = { bytesMax: 1_000_000_000, keysMax: 1_000_000 };
const shop: StoreName = { tenant: "shop", store: "default" };

/** A store of its own, and the calls on it with texts for bytes. */
function open(path = ":memory:", busyMsMax = 0) {
  const clock = new HandClock();
  const database = openDatabase(path, { survives: "process end", busyMsMax });
  const store = new DatabaseKeyValues(database, clock);
  return {
    ...{ clock, database, store },
    put: (key: string, value: string, more: Partial<Write> = {}, name = shop, most = budget) =>
      store.put(name, encodeUtf8(key), { value: encodeUtf8(value), ...more }, most),
    get(key: string, name = shop) {
      const found = store.get(name, encodeUtf8(key));
      return found.kind === "ok" ? decodeUtf8(found.entry.value) : found.kind;
    },
    list(prefix: string, keysMax = 100, name = shop) {
      const keys: string[] = [];
      let after: Uint8Array | undefined;
      do {
        const page = store.list(name, {
          prefix: encodeUtf8(prefix),
          keysMax,
          ...(after === undefined ? {} : { after }),
        });
        if (page.kind !== "ok") return page.kind;
        keys.push(...page.keys.map(({ key }) => decodeUtf8(key)));
        after = page.after;
      } while (after !== undefined);
      return keys;
    },
  };
}

Deno.test("a key keeps its value and its metadata until it is removed", () => {
  const { store, put, get } = open();
  equal(get("a"), "not found");
  deepEqual(put("a", "1", { metadata: encodeUtf8("text") }), { kind: "ok", generation: 1 });
  deepEqual(store.get(shop, encodeUtf8("a")), {
    kind: "ok",
    entry: {
      generation: 1,
      expiresMs: undefined,
      value: new Uint8Array([0x31]),
      metadata: encodeUtf8("text").slice(),
    },
  });
  deepEqual(store.delete(shop, encodeUtf8("a"), "always"), { kind: "ok" });
  deepEqual(store.delete(shop, encodeUtf8("a"), "always"), { kind: "not found" });
  equal(get("a"), "not found");
  deepEqual(store.usage("shop"), { kind: "ok", keys: 0, bytes: 0 });
});

Deno.test("a tenant and a store see their own keys alone, whatever names they have", () => {
  const { put, get, list } = open();
  const names: StoreName[] = [
    { tenant: "a", store: "b" },
    { tenant: "a", store: "c" },
    { tenant: "a\0b", store: "" },
    { tenant: "", store: "ab" },
    { tenant: "ab", store: "" },
    { tenant: "%", store: "_" },
    { tenant: "a' OR '1'='1", store: "b" },
  ];
  for (const [index, name] of names.entries()) put("key", String(index), {}, name);
  deepEqual(names.map((name) => get("key", name)), ["0", "1", "2", "3", "4", "5", "6"]);
  for (const name of names) deepEqual(list("", 10, name), ["key"]);
});

Deno.test("a write that is not what was agreed on is a conflict, and tells what there is", () => {
  const { store, put, get } = open();
  const key = encodeUtf8("a");
  deepEqual(put("a", "x", { condition: { generation: 1 } }), { kind: "conflict", generation: 0 });
  deepEqual(put("a", "1", { condition: "absent" }), { kind: "ok", generation: 1 });
  deepEqual(put("a", "x", { condition: "absent" }), { kind: "conflict", generation: 1 });
  deepEqual(put("a", "2", { condition: { generation: 1 } }), { kind: "ok", generation: 2 });
  deepEqual(put("a", "x", { condition: { generation: 1 } }), { kind: "conflict", generation: 2 });
  deepEqual(store.delete(shop, key, { generation: 1 }), { kind: "conflict", generation: 2 });
  equal(get("a"), "2");
  deepEqual(store.delete(shop, key, { generation: 2 }), { kind: "ok" });
  // A key that was removed and made again is not the one that somebody has read before.
  deepEqual(put("a", "3"), { kind: "ok", generation: 3 });
});

Deno.test("a key is there until its time is over, to the millisecond, and a sweep removes it", () => {
  const { store, clock, put, get, list } = open();
  put("brief", "x", { ttlMs: 1000 });
  put("long", "x", { ttlMs: 5000 });
  put("ever", "x");
  clock.pass(999);
  equal(get("brief"), "x");
  clock.pass(1);
  equal(get("brief"), "not found");
  deepEqual(list(""), ["ever", "long"]);
  deepEqual(store.delete(shop, encodeUtf8("brief"), "always"), { kind: "not found" });
  deepEqual(put("brief", "y", { condition: "absent" }), { kind: "ok", generation: 4 });
  clock.pass(10_000);
  deepEqual(store.sweep(10), { kind: "ok", removed: 1, then: "go on" });
  deepEqual(store.sweep(10), { kind: "ok", removed: 0, then: "the round is over" });
  deepEqual(store.usage("shop"), { kind: "ok", keys: 2, bytes: 11 });
});

Deno.test("sweeps go round all tenants in small steps", () => {
  const { store, clock, put } = open();
  for (const tenant of ["a", "b", "c"]) {
    for (let key = 0; key < 5; key += 1) {
      put(`${key}`, "x", { ttlMs: 1 }, { tenant, store: "s" });
    }
  }
  clock.pass(1);
  const removed: number[] = [];
  for (let step = 0; step < 16; step += 1) {
    const swept = store.sweep(2);
    if (swept.kind === "ok") removed.push(swept.removed);
  }
  deepEqual(removed, [2, 2, 2, 0, 2, 2, 2, 0, 1, 1, 1, 0, 0, 0, 0, 0]);
  deepEqual(store.usage("b"), { kind: "ok", keys: 0, bytes: 0 });
});

Deno.test("keys are listed by prefix in the order of their bytes, page by page", () => {
  const { put, list, store } = open();
  const keys = ["b", "a", "ab", "aa", "a/1", "a/2", "B", "", "ü", "a\u007f"];
  for (const key of keys) put(key, "x");
  deepEqual(list("", 3), ["", "B", "a", "a/1", "a/2", "aa", "ab", "a\u007f", "b", "ü"]);
  deepEqual(list("a", 2), ["a", "a/1", "a/2", "aa", "ab", "a\u007f"]);
  deepEqual(list("a/"), ["a/1", "a/2"]);
  deepEqual(list("c"), []);
  const high = new Uint8Array([0xff, 0xff, 1]);
  store.put(shop, high, { value: high }, budget);
  const page = store.list(shop, { prefix: new Uint8Array([0xff, 0xff]), keysMax: 5 });
  deepEqual(page, {
    kind: "ok",
    keys: [{
      ...{ key: high, generation: 11, expiresMs: undefined, valueBytes: 3 },
      metadata: new Uint8Array(0),
    }],
    after: undefined,
  });
  // A place to go on from that lies before the prefix, or after it, is a place in the same order.
  const from = (after: string) =>
    store.list(shop, { prefix: encodeUtf8("a"), after: encodeUtf8(after), keysMax: 50 });
  const before = from("B");
  ok(before.kind === "ok" && before.keys.length === 6);
  const behind = from("b");
  ok(behind.kind === "ok" && behind.keys.length === 0);
});

Deno.test("a page looks at so many keys and no more, also where their time is over", () => {
  const { clock, store, put, list } = open();
  for (let key = 0; key < 1000; key += 1) put(String(key).padStart(4, "0"), "x", { ttlMs: 1 });
  put("last", "x");
  clock.pass(1);
  const first = store.list(shop, { prefix: new Uint8Array(0), keysMax: 1_000_000 });
  ok(first.kind === "ok" && first.keys.length === 0);
  equal(decodeUtf8(first.after ?? new Uint8Array(0)), "0255");
  deepEqual(list("", 1_000_000), ["last"]);
});

Deno.test("what a tenant keeps is bounded, in keys and in bytes, to the byte", () => {
  const { clock, store, put, get } = open();
  const tight = { bytesMax: 10, keysMax: 3 };
  const other = { tenant: "other", store: "default" };
  equal(put("a", "1234", {}, shop, tight).kind, "ok");
  deepEqual(put("b", "12345", {}, shop, tight), { kind: "over budget", which: "bytes" });
  equal(put("b", "1", { metadata: encodeUtf8("123") }, shop, tight).kind, "ok");
  deepEqual(put("", "1", {}, shop, tight), { kind: "over budget", which: "bytes" });
  equal(put("", "", {}, shop, tight).kind, "ok");
  deepEqual(put("d", "", {}, shop, tight), { kind: "over budget", which: "keys" });
  // Another store of the same tenant has the same budget, another tenant its own.
  equal(put("d", "", {}, { ...shop, store: "second" }, tight).kind, "over budget");
  equal(put("d", "123456789", {}, other, tight).kind, "ok");
  deepEqual(store.usage("shop"), { kind: "ok", keys: 3, bytes: 10 });
  // What a key loses, others can have; and less is always allowed, also where the budget was lowered.
  equal(put("a", "1", {}, shop, { bytesMax: 1, keysMax: 1 }).kind, "ok");
  equal(put("a", "12", {}, shop, { bytesMax: 1, keysMax: 1 }).kind, "over budget");
  equal(put("b", "1234567", {}, shop, tight).kind, "ok");
  // Keys whose time is over make room when it is needed.
  equal(put("a", "1", { ttlMs: 5 }, shop, tight).kind, "ok");
  clock.pass(5);
  equal(put("e", "1", {}, shop, tight).kind, "ok");
  deepEqual([get("a"), get("e"), get("b")], ["not found", "1", "1234567"]);
  deepEqual(store.usage("shop"), { kind: "ok", keys: 3, bytes: 10 });
});

Deno.test("keys, values and metadata have their bounds", () => {
  const { store } = open();
  const { keyBytesMax, valueBytesMax, metadataBytesMax } = keyValueLimits;
  const put = (key: number, value: number, metadata: number) =>
    store.put(shop, new Uint8Array(key), {
      value: new Uint8Array(value),
      metadata: new Uint8Array(metadata),
    }, budget).kind;
  equal(put(keyBytesMax, valueBytesMax, metadataBytesMax), "ok");
  equal(put(keyBytesMax + 1, 0, 0), "too large");
  equal(put(0, valueBytesMax + 1, 0), "too large");
  equal(put(0, 0, metadataBytesMax + 1), "too large");
  const long = new Uint8Array(keyBytesMax + 1);
  equal(store.get(shop, long).kind, "too large");
  equal(store.delete(shop, long, "always").kind, "too large");
  equal(store.list(shop, { prefix: long, keysMax: 1 }).kind, "too large");
});

Deno.test("a disk that is full and a lock that others hold are outcomes, and change nothing", () => {
  const folder = Deno.makeTempDirSync();
  const { database, store, put, get } = open(`${folder}/kv.db`);
  put("a", "1");
  const holder = openDatabase(`${folder}/kv.db`, { survives: "process end" });
  holder.execute("BEGIN IMMEDIATE");
  const busy = put("a", "2");
  ok(busy.kind === "failed" && busy.why === "busy");
  const kept = store.delete(shop, encodeUtf8("a"), "always");
  ok(kept.kind === "failed" && kept.why === "busy");
  equal(get("a"), "1");
  holder.execute("ROLLBACK");
  holder.close();
  database.execute("PRAGMA max_page_count = 1");
  const full = put("b", "x".repeat(100_000));
  ok(full.kind === "failed" && full.why === "full");
  deepEqual([get("a"), get("b")], ["1", "not found"]);
  deepEqual(store.usage("shop"), { kind: "ok", keys: 1, bytes: 2 });
  database.execute("DROP TABLE entries");
  const broken = store.get(shop, encodeUtf8("a"));
  ok(broken.kind === "failed" && broken.why === "broken");
  database.close();
});

Deno.test("a tenant is forgotten step by step", () => {
  const { store, put, get } = open();
  for (let key = 0; key < 5; key += 1) put(String(key), "x");
  put("kept", "x", {}, { tenant: "other", store: "default" });
  const steps = [3, 3, 3].map((keys) => store.forget("shop", keys));
  deepEqual(steps.map((step) => step.kind === "ok" && step.removed), [3, 2, 0]);
  equal(get("kept", { tenant: "other", store: "default" }), "x");
});
