import { deepEqual, equal } from "node:assert/strict";
import { openDatabase } from "@skerry/platform";
import { bind } from "@skerry/sandbox";
import { KeyValueAccess } from "./key_value_access.ts";
import { keyValueInterface } from "./key_value_interface.ts";
import { type KeyValueStatus, keyValueStatuses } from "./key_value_status.ts";
import { DatabaseKeyValues } from "./key_values.ts";
import type { Failed, KeyValues } from "./key_values_port.ts";
import { keyValueBudget, keyValueLimits, keyValueRequestLimits } from "./limits.ts";
import { none, type Slice, TestGuest } from "./testing/guest.ts";
import { HandClock } from "./testing/hand_clock.ts";

const conditions = { always: 0, absent: 1, generation: 2 } as const;

/** A guest with a store of its own, and the calls as a C program would make them. */
class KeyGuest extends TestGuest {
  readonly info = this.room(24)[0];
  readonly options = this.room(24)[0];
  readonly result = this.room(12)[0];
  readonly value = this.room(64);
  readonly metadata = this.room(64);

  constructor(state: KeyValueAccess) {
    super(bind(keyValueInterface, state));
  }

  async status(name: string, ...args: (number | bigint | Slice)[]): Promise<KeyValueStatus> {
    return keyValueStatuses[await this.call(name, ...args)] ?? "FAILED";
  }

  /** Its value where there is one. */
  async get(key: string, store = ""): Promise<string> {
    const { value, metadata, info } = this;
    const status = await this.status("get", this.put(store), this.put(key), value, metadata, info);
    return status === "OK" ? this.text([value[0], this.memory.readU32(info + 16)]) : status;
  }

  set(key: string, value: string, metadata = "", store = ""): Promise<KeyValueStatus> {
    const slices = [this.put(store), this.put(key), this.put(value), this.put(metadata)];
    return this.status("put", ...slices, 0);
  }

  /** A write with options; tells the status and the generation. */
  async setIf(
    key: string,
    value: string,
    condition: keyof typeof conditions,
    generation = 0n,
    ttlMs = 0n,
  ): Promise<readonly [KeyValueStatus, bigint]> {
    const { memory, options } = this;
    memory.writeU32(options, conditions[condition]);
    memory.writeU64(options + 8, generation);
    memory.writeU64(options + 16, ttlMs);
    const status = await this.status("put", none, this.put(key), this.put(value), none, options);
    return [status, memory.readU64(options + 8)];
  }

  /** The keys of one call, and whether there are more. */
  async list(prefix: string, after: string, size: number): Promise<(string | boolean)[]> {
    const { result, memory } = this;
    const buffer = this.room(size);
    const status = await this.status(
      "list",
      none,
      this.put(prefix),
      this.put(after),
      buffer,
      result,
    );
    if (status !== "OK") return [status, String(memory.readU32(result))];
    const keys: (string | boolean)[] = [];
    const end = buffer[0] + memory.readU32(result);
    for (let at = buffer[0]; at < end;) {
      const length = memory.readU32(at);
      keys.push(this.text([at + 4, length]));
      at += 4 + length;
    }
    equal(memory.readU32(result + 4), keys.length);
    return [...keys, memory.readU32(result + 8) === 1];
  }
}

function guestOf(keyValues?: KeyValues, clock = new HandClock(), heard: Failed[] = []): KeyGuest {
  const store = keyValues ??
    new DatabaseKeyValues(openDatabase(":memory:", { survives: "process end" }), clock);
  const onFailure = (failed: Failed) => void heard.push(failed);
  return new KeyGuest(new KeyValueAccess({ keyValues: store, tenant: "t", clock, onFailure }));
}

Deno.test("a guest writes, reads, lists and removes keys", async () => {
  const guest = guestOf();
  equal(await guest.get("a"), "NOT_FOUND");
  equal(await guest.set("a", "1", "meta"), "OK");
  equal(await guest.get("a"), "1");
  equal(guest.text([guest.metadata[0], guest.memory.readU32(guest.info + 20)]), "meta");
  equal(guest.memory.readU64(guest.info), 1n);
  equal(guest.memory.readU64(guest.info + 8), 0n);
  deepEqual(await guest.list("", "", 100), ["a", false]);
  equal(await guest.status("delete", none, guest.put("a"), 0n), "OK");
  equal(await guest.status("delete", none, guest.put("a"), 0n), "NOT_FOUND");
  deepEqual(await guest.list("", "", 100), [false]);
});

Deno.test("an empty name is the store that is called default; others are other stores", async () => {
  const guest = guestOf();
  await guest.set("a", "1");
  equal(await guest.get("a", "default"), "1");
  equal(await guest.get("a", "other"), "NOT_FOUND");
  for (const name of ["A", "a/b", "ü", "a\0", "x".repeat(64)]) {
    equal(await guest.get("a", name), "INVALID");
    equal(await guest.set("a", "1", "", name), "INVALID");
  }
});

Deno.test("a guest's conditions hold, and it is told the generation that there is", async () => {
  const guest = guestOf();
  deepEqual(await guest.setIf("a", "1", "absent"), ["OK", 1n]);
  deepEqual(await guest.setIf("a", "2", "absent"), ["CONFLICT", 1n]);
  deepEqual(await guest.setIf("a", "2", "generation", 1n), ["OK", 2n]);
  deepEqual(await guest.setIf("a", "3", "generation", 1n), ["CONFLICT", 2n]);
  deepEqual(await guest.setIf("a", "3", "generation", 2n ** 64n - 1n), ["CONFLICT", 2n]);
  deepEqual(await guest.setIf("a", "3", "always"), ["OK", 3n]);
  equal(await guest.status("delete", none, guest.put("a"), 2n), "CONFLICT");
  equal(await guest.status("delete", none, guest.put("a"), -1n), "CONFLICT");
  equal(await guest.status("delete", none, guest.put("a"), 3n), "OK");
});

Deno.test("a key has its time, which the guest is told", async () => {
  const clock = new HandClock();
  const guest = guestOf(undefined, clock);
  clock.pass(1_000);
  deepEqual(await guest.setIf("a", "1", "always", 0n, 500n), ["OK", 1n]);
  equal(await guest.get("a"), "1");
  equal(guest.memory.readU64(guest.info + 8), 1500n);
  clock.pass(500);
  equal(await guest.get("a"), "NOT_FOUND");
  const [status] = await guest.setIf("a", "1", "always", 0n, BigInt(keyValueLimits.ttlMsMax) + 1n);
  equal(status, "INVALID");
});

Deno.test("a buffer that is too small is told what it takes, and is left as it was", async () => {
  const guest = guestOf();
  await guest.set("long", "0123456789", "abc");
  const { info, memory } = guest;
  const attempt = (value: number, metadata: number) =>
    guest.status("get", none, guest.put("long"), guest.room(value), guest.room(metadata), info);
  for (const [value, metadata] of [[0, 0], [9, 3], [10, 2]] as const) {
    equal(await attempt(value, metadata), "TOO_SMALL");
    deepEqual([memory.readU32(info + 16), memory.readU32(info + 20)], [10, 3]);
  }
  equal(await attempt(10, 3), "OK");
  deepEqual(await guest.list("", "", 7), ["TOO_SMALL", "8"]);
});

Deno.test("a list goes on after the last key that was told, whatever lies between", async () => {
  const clock = new HandClock();
  const guest = guestOf(undefined, clock);
  for (let key = 0; key < 600; key += 1) {
    await guest.setIf(`b${key}`, "x", "always", 0n, 10n);
  }
  for (const key of ["a", "bz", "c", "cc"]) await guest.set(key, "x");
  clock.pass(10);
  deepEqual(await guest.list("", "", 11), ["a", "bz", true]);
  deepEqual(await guest.list("", "bz", 11), ["c", "cc", false]);
  deepEqual(await guest.list("b", "", 100), ["bz", false]);
  // Pages of keys whose time is over are gone through with turns between them.
  equal(guest.turns > 2, true);
});

Deno.test("what cannot be asked for is refused", async () => {
  const guest = guestOf();
  const { options, memory } = guest;
  equal(await guest.set("", "1"), "INVALID");
  equal(await guest.get(""), "INVALID");
  const long = "k".repeat(keyValueLimits.keyBytesMax + 1);
  equal(await guest.set(long, "1"), "TOO_LARGE");
  equal(await guest.get(long), "TOO_LARGE");
  deepEqual(await guest.list(long, "", 10), ["TOO_LARGE", "0"]);
  equal(await guest.set("a", "v".repeat(keyValueLimits.valueBytesMax + 1)), "TOO_LARGE");
  equal(await guest.set("a", "", "m".repeat(keyValueLimits.metadataBytesMax + 1)), "TOO_LARGE");
  const put = () => guest.status("put", none, guest.put("a"), none, none, options);
  memory.writeU32(options, 3);
  equal(await put(), "INVALID");
  memory.writeU64(options, 0n);
  memory.writeU32(options + 4, 1);
  equal(await put(), "INVALID");
});

Deno.test("memory that is not there is a fault, found before anything is done", async () => {
  const guest = guestOf();
  await guest.set("a", "1");
  const beyond: Slice = [guest.memory.byteLength - 3, 4];
  const key = guest.put("a");
  const { value, metadata, info, result, options } = guest;
  const faults: [string, ...(number | bigint | Slice)[]][] = [
    ["get", beyond, key, value, metadata, info],
    ["get", none, beyond, value, metadata, info],
    ["get", none, key, beyond, metadata, info],
    ["get", none, key, value, beyond, info],
    ["get", none, key, value, metadata, -23],
    ["put", beyond, key, value, none, 0],
    ["put", none, beyond, value, none, 0],
    ["put", none, key, beyond, none, 0],
    ["put", none, key, value, [-1, -1], 0],
    ["put", none, key, value, none, -23],
    ["delete", beyond, key, 0n],
    ["delete", none, beyond, 0n],
    ["list", beyond, none, none, value, result],
    ["list", none, beyond, none, value, result],
    ["list", none, none, beyond, value, result],
    ["list", none, none, none, beyond, result],
    ["list", none, none, none, value, -11],
  ];
  for (const [name, ...args] of faults) equal(await guest.status(name, ...args), "FAULT");
  equal(await guest.get("a"), "1");
  equal(options > 0, true);
});

Deno.test("a guest whose service is gone reaches no keys, also where it waits for the store just then", async () => {
  const clock = new HandClock();
  const inner = new DatabaseKeyValues(openDatabase(":memory:", { survives: "process end" }), clock);
  let isGone = false;
  let isLocked = false;
  const keyValues: KeyValues = {
    get: (...args) => inner.get(...args),
    put(...args) {
      // It is removed while somebody else writes.
      isGone = isLocked;
      return isLocked ? { kind: "failed", why: "busy", message: "locked" } : inner.put(...args);
    },
    delete: (...args) => inner.delete(...args),
    list: (...args) => inner.list(...args),
  };
  const made = () =>
    new KeyGuest(new KeyValueAccess({ keyValues, tenant: "t", clock, isGone: () => isGone }));
  const guest = made();
  equal(await guest.set("a", "1"), "OK");
  isLocked = true;
  equal(await guest.set("a", "2"), "FAILED");
  isLocked = false;
  equal(await guest.set("b", "2"), "FAILED");
  equal(await guest.get("a"), "FAILED");
  equal(await guest.status("delete", none, guest.put("a"), 0n), "FAILED");
  deepEqual(await guest.list("", "", 100), ["FAILED", "0"]);
  isGone = false;
  deepEqual([await made().get("a"), await made().get("b")], ["1", "NOT_FOUND"]);
});

Deno.test("a store that is locked is tried again for a while, and then busy", async () => {
  const clock = new HandClock();
  const inner = new DatabaseKeyValues(openDatabase(":memory:", { survives: "process end" }), clock);
  const busy: Failed = { kind: "failed", why: "busy", message: "locked" };
  let refusals = 3;
  const locked: KeyValues = {
    get: (...args) => refusals-- > 0 ? busy : inner.get(...args),
    put: (...args) => refusals-- > 0 ? busy : inner.put(...args),
    delete: (...args) => refusals-- > 0 ? busy : inner.delete(...args),
    list: (...args) => refusals-- > 0 ? busy : inner.list(...args),
  };
  const heard: Failed[] = [];
  const guest = guestOf(locked, clock, heard);
  equal(await guest.set("a", "1"), "OK");
  deepEqual(clock.sleeps, [1, 2, 4]);
  refusals = Infinity;
  equal(await guest.set("a", "2"), "BUSY");
  equal(clock.sleeps.length, 3 + keyValueRequestLimits.busyWaitsMs.length);
  deepEqual(heard, [busy]);
  refusals = 1;
  equal(await guest.get("a"), "1");
});

Deno.test("a store that is broken is told to the operator, and to the guest as a failure without a reason", async () => {
  const heard: Failed[] = [];
  const full: Failed = { kind: "failed", why: "full", message: "the disk is full" };
  const store = { get: () => full, put: () => full, delete: () => full, list: () => full };
  const guest = guestOf(store, new HandClock(), heard);
  equal(await guest.get("a"), "FAILED");
  equal(await guest.set("a", "1"), "FAILED");
  deepEqual(await guest.list("", "", 10), ["FAILED", "0"]);
  deepEqual(heard, [full, full, full]);
});

Deno.test("a guest that was ended while it waited for the store writes nothing", async () => {
  const clock = new HandClock();
  let tries = 0;
  const busy: Failed = { kind: "failed", why: "busy", message: "locked" };
  const count = () => {
    tries += 1;
    return busy;
  };
  const guest = guestOf({ get: count, put: count, delete: count, list: count }, clock);
  const writing = guest.set("a", "1");
  guest.controller.abort();
  equal(await writing, "BUSY");
  equal(tries, 1);
});

Deno.test("what one request does with keys is bounded, in calls and in bytes", async () => {
  const nothing: KeyValues = {
    get: () => ({ kind: "not found" }),
    put: () => ({ kind: "ok", generation: 1 }),
    delete: () => ({ kind: "not found" }),
    list: () => ({ kind: "ok", keys: [], after: undefined }),
  };
  const { callsMax, writtenBytesMax } = keyValueRequestLimits;
  const reader = guestOf(nothing);
  const key = reader.put("a");
  const { value, metadata, info } = reader;
  for (let call = 0; call < callsMax; call += 1) {
    equal(await reader.status("get", none, key, value, metadata, info), "NOT_FOUND");
  }
  equal(await reader.status("get", none, key, value, metadata, info), "OVER_BUDGET");
  const writer = guestOf(nothing);
  const large = writer.put(new Uint8Array(keyValueLimits.valueBytesMax));
  const name = writer.put("a");
  const statuses = new Set<KeyValueStatus>();
  for (let done = 0; done <= writtenBytesMax; done += keyValueLimits.valueBytesMax) {
    statuses.add(await writer.status("put", none, name, large, none, 0));
  }
  deepEqual([...statuses], ["OK", "OVER_BUDGET"]);
});

Deno.test("a tenant's budget is the guest's bound", async () => {
  const clock = new HandClock();
  const database = openDatabase(":memory:", { survives: "process end" });
  const keyValues = new DatabaseKeyValues(database, clock);
  const budget = { ...keyValueBudget, keysMax: 1 };
  const guest = new KeyGuest(new KeyValueAccess({ keyValues, tenant: "t", budget, clock }));
  equal(await guest.set("a", "1"), "OK");
  equal(await guest.set("b", "1"), "OVER_BUDGET");
  equal(await guest.set("b", "1", "", "other"), "OVER_BUDGET");
});
