/**
 * What the cache's own decisions cost, without sockets: a hit of a thousand objects and of all, a fill, and a purge of a
 * key that one, a thousand or a million objects have, which must take the same; what an object takes of memory beside its
 * body, of the whole process; and what the store that a node's threads share costs by itself.
 */

import {
  bodyOf,
  type CacheRequest,
  defaultCacheSettings,
  formatMemory,
  formatPurges,
  GrowingBody,
  HttpCache,
  type KeptSet,
  type NodeMemory,
  openMemory,
  planMemory,
  PurgeTable,
  purgeTableBytes,
  RegionStore,
  SharedWords,
  type StoredResponse,
} from "@skerry/cache";
import type { Field } from "@skerry/http";
import { makeSharedMemory, openSharedMemory } from "@skerry/platform";
import { type Bench, type BenchResult, rounded } from "./bench.ts";

const counts = [1, 1_000, 1_000_000];
const bodyBytes = 100;
/** Of the store by itself. */
const storeBodies = [100, 1_000, 64_000];
/** Of shared memory, for each object and its body; more than it takes. */
const roomBytes = 420;
const owner = { tenant: "t", service: "s" };
const nowMs = Date.UTC(2026, 0, 1);

/** Microseconds, nanoseconds and bytes. */
export const bench: Bench = {
  name: "cache-core",
  about: "a hit, a fill and a purge without sockets, by how many objects have the purged key",
  run(): Promise<BenchResult> {
    return Promise.resolve(runAll());
  },
};

function runAll(): BenchResult {
  const rows: Record<string, string | number>[] = [];
  const summary: Record<string, number> = {};
  // What the engine takes to compile and run this is no object's.
  measure(20_000);
  for (const objects of counts) {
    const { row, figures } = measure(objects);
    rows.push(row);
    for (const [name, value] of Object.entries(figures)) summary[`${name} ${objects}`] = value;
  }
  for (const bytes of storeBodies) rows.push(storeRow(bytes));
  return { rows, summary };
}

function measure(objects: number) {
  const residentBefore = Deno.memoryUsage().rss;
  const memory = newMemory(objects * roomBytes + 4 * 2 ** 20, 2);
  const purges = newPurges();
  const [store, otherStore] = [newStore(memory, 0), newStore(memory, 1)];
  const cache = new HttpCache({ store, purges, newBoundary: () => "B" });
  const other = new HttpCache({ store: otherStore, purges, newBoundary: () => "B" });
  const fillUs = each(objects, (index) => fill(index % 2 === 0 ? cache : other, index)).mean;
  const resident = (Deno.memoryUsage().rss - residentBefore) / objects - bodyBytes;
  const accounted = (store.bytes + otherStore.bytes) / objects - bodyBytes;
  const hit = (through: HttpCache, among: number) =>
    each(200_000, (index) => mustBe(ask(through, index % among).kind, "reply")).mean;
  const [hitUs, anyHitUs] = [hit(cache, Math.min(objects, 1000)), hit(other, objects)];
  const purge = each(10_000, () => {
    cache.purge([{ kind: "surrogate key", owner, key: "all" }], "hard", nowMs);
  });
  mustBe(ask(other, 0).kind, "forward");
  return {
    row: {
      objects,
      "fill µs": rounded(fillUs),
      "hit µs": rounded(hitUs),
      "hit of any object µs": rounded(anyHitUs),
      "purge p50 µs": rounded(purge.p50),
      "purge p99 µs": rounded(purge.p99),
      "accounted bytes beside body": Math.round(accounted),
      "resident bytes beside body": Math.round(resident),
    },
    figures: {
      hitUs: rounded(hitUs),
      anyHitUs: rounded(anyHitUs),
      purgeUsP99: rounded(purge.p99),
      // Of few objects the engine's own growth is most of it.
      ...(objects === counts.at(-1) && { bytesPerObject: Math.round(resident) }),
    },
  };
}

/** The store alone: found in what was decoded lately, or decoded anew, of this thread's region and of another's. */
function storeRow(bytes: number): Record<string, string | number> {
  const objects = Math.min(20_000, Math.floor(2 ** 28 / bytes));
  const memory = newMemory(2 * objects * (bytes + 600), 2);
  const [own, other] = [newStore(memory, 0), newStore(memory, 1)];
  const cache = new HttpCache({ store: own, purges: newPurges(), newBoundary: () => "B" });
  fill(cache, 0);
  const keys = Array.from({ length: objects }, (_, index) => `t\ns\nhttp://example.com/o/${index}`);
  const stored = storedOf(own);
  const body = bodyOf(new Uint8Array(bytes));
  const set: KeptSet = { variants: [{ stored, body }], hitForMissUntilMs: 0 };
  const keyOf = (index: number) => keys[index % objects] ?? "";
  const ns = (times: number, work: (index: number) => unknown) =>
    Math.round(each(times, work).mean * 1e3);
  const setNs = ns(objects, (index) => own.set("t", keyOf(index), set, 0));
  const decodedNs = ns(objects, (index) => own.peek("t", keyOf(index * 7)));
  const otherNs = ns(objects, (index) => other.peek("t", keyOf(index * 7)));
  for (let times = 0; times < 20; times += 1) other.get("t", keyOf(0));
  return {
    "bytes of body": bytes,
    "set ns": setNs,
    "get, read lately, ns": ns(200_000, () => other.get("t", keyOf(0))),
    "get, own region, ns": decodedNs,
    "get, another's region, ns": otherNs,
    "get, nothing there, ns": ns(objects, (index) => own.get("t", `${index}`)),
  };
}

function storedOf(store: RegionStore): StoredResponse {
  const found = store.get("t", "t\ns\nhttp://example.com/object/0")?.variants[0]?.stored;
  if (found === undefined) throw new Error("it is not kept");
  return found;
}

function newMemory(bytes: number, regions: number): NodeMemory {
  const whole = Math.ceil(bytes / 4096) * 4096;
  const plan = planMemory(whole, regions);
  if (plan === undefined) throw new RangeError("too little memory");
  const shared = makeSharedMemory("bench", whole);
  const buffer = openSharedMemory(shared.handle);
  shared.close();
  formatMemory(buffer, plan, { low: 1, high: 2 });
  const memory = openMemory(buffer);
  if (memory === undefined) throw new Error("the memory is not as it was made");
  return memory;
}

function newPurges(): PurgeTable {
  const buckets = 1 << 14;
  const words = new SharedWords(new SharedArrayBuffer(purgeTableBytes(buckets)));
  formatPurges(words, buckets, { low: 3, high: 4 });
  return new PurgeTable(words);
}

function newStore(memory: NodeMemory, region: number): RegionStore {
  return new RegionStore({
    ...{ memory, region, weightOf: () => 1 },
    ...{ valueBytesMax: 2 ** 20, memoBytesMax: 32 * 2 ** 20 },
  });
}

const settings = defaultCacheSettings;
const requestFields: Field[] = [["Host", "example.com"], ["User-Agent", "bench"], [
  "Accept",
  "*/*",
]];
const responseFields: Field[] = [
  ["Content-Type", "text/html; charset=utf-8"],
  ["Cache-Control", "max-age=3600"],
  ["ETag", '"abc"'],
  ["Surrogate-Key", "all"],
];

function ask(cache: HttpCache, index: number): ReturnType<HttpCache["ask"]> {
  const request: CacheRequest = {
    method: "GET",
    scheme: "http",
    host: "example.com",
    path: `/object/${index}`,
    query: undefined,
    fields: requestFields,
  };
  return cache.ask({ owner, request, settings }, nowMs);
}

function fill(cache: HttpCache, index: number): void {
  const action = ask(cache, index);
  if (action.kind !== "forward") throw new Error("it is there already");
  const head = { status: 200, fields: responseFields.map(([name, value]): Field => [name, value]) };
  const arrival = cache.arrive(action.outbound, head, nowMs);
  if (arrival.kind !== "pass-on" || arrival.filling === undefined) {
    throw new Error("it is not kept");
  }
  const body = new GrowingBody(bodyBytes);
  body.append(new Uint8Array(bodyBytes));
  cache.complete(action.outbound, arrival.filling, body.finish(), nowMs);
}

function mustBe(found: string, expected: string): void {
  if (found !== expected) throw new Error(`${found}, not ${expected}`);
}

/** Microseconds that each of some calls takes. */
function each(
  times: number,
  work: (index: number) => void,
): { mean: number; p50: number; p99: number } {
  const micros = new Float64Array(times);
  const started = performance.now();
  for (let index = 0; index < times; index += 1) {
    const start = performance.now();
    work(index);
    micros[index] = (performance.now() - start) * 1e3;
  }
  const mean = (performance.now() - started) * 1e3 / times;
  micros.sort();
  const at = (share: number) => micros[Math.floor(times * share)] ?? Number.NaN;
  return { mean, p50: at(0.5), p99: at(0.99) };
}
