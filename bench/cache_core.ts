/**
 * What the cache's own decisions cost, without sockets: a hit, a fill, and a purge of a key that one, a thousand or a
 * hundred thousand objects have, which must take the same; and what an object takes of memory beside its body.
 */

import {
  type CacheRequest,
  defaultCacheSettings,
  GrowingBody,
  HttpCache,
  type KeptSet,
  Purges,
  S3Fifo,
  SharedStore,
} from "@skerry/cache";
import type { Field } from "@skerry/http";
import { type Bench, type BenchResult, rounded } from "./bench.ts";

const counts = [1, 1_000, 100_000];
const bodyBytes = 100;
const owner = { tenant: "t", service: "s" };
const nowMs = Date.UTC(2026, 0, 1);

/** Microseconds and bytes. */
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
  for (const objects of counts) {
    const { cache, store } = newCache();
    const fillUs = each(objects, (index) => fill(cache, index)).mean;
    const hitUs = each(200_000, (index) => mustBe(ask(cache, index % objects).kind, "reply")).mean;
    const purge = each(10_000, () => {
      cache.purge([{ kind: "surrogate key", owner, key: "all" }], "hard", nowMs);
    });
    mustBe(ask(cache, 0).kind, "forward");
    const accounted = Math.round(store.bytes / objects - bodyBytes);
    rows.push({
      objects,
      "fill µs": rounded(fillUs),
      "hit µs": rounded(hitUs),
      "purge p50 µs": rounded(purge.p50),
      "purge p99 µs": rounded(purge.p99),
      "accounted bytes beside body": accounted,
    });
    Object.assign(summary, {
      [`hitUs ${objects}`]: rounded(hitUs),
      [`purgeUsP99 ${objects}`]: rounded(purge.p99),
      [`bytesPerObject ${objects}`]: accounted,
    });
  }
  return { rows, summary };
}

function newCache(): { cache: HttpCache; store: SharedStore<KeptSet> } {
  const store = new SharedStore<KeptSet>({
    bytesMax: 2 ** 32,
    valueBytesMax: 2 ** 20,
    weightOf: () => 1,
    newPolicy: () => new S3Fifo<KeptSet>(),
  });
  const cache = new HttpCache({ store, purges: new Purges(100_000), newBoundary: () => "B" });
  return { cache, store };
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
