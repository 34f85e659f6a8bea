/**
 * How much of what is asked for a cache of a given size has, by what it lets go of: ours (S3-FIFO, with queues in a heap and
 * with logs in shared memory) beside least recently used and W-TinyLFU, on the same requests. Hits are counted, not timed, so that each run gives the same; times are of
 * the policy alone.
 */

import { type EvictionPolicy, S3Fifo } from "@skerry/cache";
import { type Bench, type BenchResult, rounded } from "./bench.ts";
import { Lru } from "./cache/lru.ts";
import { RegionPolicy } from "./cache/region_policy.ts";
import { TinyLfu } from "./cache/tiny_lfu.ts";
import { type Request, traces } from "./cache/traces.ts";

const policies: Readonly<Record<string, (bytesMax: number) => EvictionPolicy<number>>> = {
  lru: () => new Lru<number>(),
  s3Fifo: () => new S3Fifo<number>(),
  s3FifoLogs: (bytesMax) => new RegionPolicy(bytesMax),
  tinyLfu: () => new TinyLfu<number>(20_000),
};

/** Parts of all bytes that are ever popular. */
const sizes = [0.01, 0.1];

/** Hit ratios. */
export const bench: Bench = {
  name: "cache-policy",
  about: "hit ratio of what a cache lets go of, on Zipf with scans, beside LRU and W-TinyLFU",
  run(): Promise<BenchResult> {
    return Promise.resolve(runAll());
  },
};

function runAll(): BenchResult {
  const rows: Record<string, string | number>[] = [];
  const summary: Record<string, number> = {};
  for (const { name, requests } of traces()) {
    const all = new Map(requests.map(({ key, bytes }) => [key, bytes]));
    const bytes = [...all.values()].reduce((sum, one) => sum + one, 0);
    for (const size of sizes) {
      const row: Record<string, string | number> = { trace: name, "size of all": size };
      for (const [policy, make] of Object.entries(policies)) {
        const started = performance.now();
        const hits = hitsOf(requests, make(bytes * size), bytes * size);
        const ns = (performance.now() - started) * 1e6 / requests.length;
        row[policy] = rounded(hits / requests.length);
        row[`${policy} ns`] = Math.round(ns);
        summary[`hitRatio ${name} ${size} ${policy}`] = rounded(hits / requests.length);
      }
      rows.push(row);
    }
  }
  return { rows, summary };
}

function hitsOf(
  requests: readonly Request[],
  policy: EvictionPolicy<number>,
  bytesMax: number,
): number {
  let hits = 0;
  for (const { key, bytes } of requests) {
    const name = `k${key}`;
    if (policy.get(name) !== undefined) {
      hits += 1;
      continue;
    }
    if (bytes > bytesMax) continue;
    policy.set(name, key, bytes);
    while (policy.bytes > bytesMax && policy.evict() !== undefined) { /* until it fits */ }
  }
  return hits;
}
