/**
 * A node's threads, each with its cache over the memory that all share, and its way to the purges that all share: while one is at
 * any step of asking, filling, revalidating, evicting or purging, others do theirs from the beginning to the end, or are
 * killed half-way. A seed says which.
 */

import assert from "node:assert/strict";
import { concatBytes, decodeUtf8, encodeUtf8 } from "@skerry/base";
import { type Field, fieldValue } from "@skerry/http";
import { GrowingBody, type KeptBody } from "../body.ts";
import type { Asked, Outbound, StatusFacts } from "../exchange.ts";
import { HttpCache } from "../http_cache.ts";
import { formatPurges, purgeTableBytes } from "../purge_layout.ts";
import type { PurgeScope } from "../purge_scope.ts";
import { PurgeTable } from "../purge_table.ts";
import { defaultCacheSettings } from "../settings.ts";
import type { RegionStore } from "../regions/region_store.ts";
import { SharedWords } from "../shared_words.ts";
import type { StoredResponse } from "../stored_response.ts";
import { interrupted } from "./interrupted_region.ts";
import { key } from "./purge_words.ts";
import { newMemory, newRegionStore } from "./region_memory.ts";
import { numbersOf } from "./seeded_numbers.ts";
import { owner } from "./simulation.ts";
import { SteppedWords } from "./stepped_words.ts";

/** How a schedule went. */
export interface ScheduleTally {
  readonly fresh: number;
  readonly stale: number;
  readonly validated: number;
  readonly filled: number;
  readonly dropped: number;
  readonly purges: number;
  readonly died: number;
  readonly evictions: number;
}

interface Thread {
  readonly index: number;
  store: RegionStore;
  cache: HttpCache;
  isBusy: boolean;
}

/** A fetch on its way, and how far it has come. */
interface Fetching {
  readonly thread: Thread;
  readonly cache: HttpCache;
  readonly outbound: Outbound;
  readonly askedAt: number;
  /** What the origin has said, once it has. */
  said?: { readonly version: number; readonly isSame: boolean };
  filling?: StoredResponse;
}

/** A purge: what it is of, and which version each path had when it was called for. */
interface Purged {
  readonly mode: "hard" | "soft";
  readonly versions: ReadonlyMap<string, number>;
  returnedAt: number;
}

class Died extends Error {}

const paths = Array.from("abcdefghijklmnopqrstuvwx", (name) => `/${name}`);
const [threadCount, depthMax, everySteps, happeningsCount] = [3, 3, 40, 150];

/** Plays a schedule. Fails where somebody is served what was there before a purge that they came after. */
export function playSchedule(seed: number): ScheduleTally {
  const next = numbersOf(seed);
  const buckets = next(2) === 0 ? 1 : 16;
  const words = new SharedArrayBuffer(purgeTableBytes(buckets));
  formatPurges(new SharedWords(words), buckets, key);
  const tally = {
    ...{ fresh: 0, stale: 0, validated: 0, filled: 0, dropped: 0, purges: 0, died: 0 },
    evictions: 0,
  };
  let [now, nowMs] = [0, Date.UTC(2026, 0, 1)];
  const versions = new Map(paths.map((path) => [path, 1]));
  const purges: Purged[] = [];
  const fetches: Fetching[] = [];
  /** Those who are at something, the innermost last; who is to be killed. */
  const busy: Thread[] = [];
  const doomed = new Set<Thread>();

  const between = () => {
    now += 1;
    const innermost = busy.at(-1);
    if (innermost === undefined) return;
    if (doomed.has(innermost) && next(8) === 0) throw new Died();
    if (busy.length < depthMax && next(everySteps) === 0) happen();
  };
  const memory = interrupted(newMemory(13_000, threadCount, 128), between);
  const newParts = (index: number) => {
    const store = newRegionStore(memory, index, { memoBytesMax: next(2) * 20_000 });
    const purges = new PurgeTable(new SteppedWords(words, between));
    const cache = new HttpCache({ store, purges, newBoundary: () => "BOUNDARY" });
    return { store, cache };
  };
  const threads: Thread[] = [];
  for (let index = 0; index < threadCount; index++) {
    threads.push({ index, ...newParts(index), isBusy: false });
  }

  /** Has a thread do something; where it is killed at it, another one takes its region. */
  const by = (thread: Thread, act: () => void) => {
    if (thread.isBusy) return;
    thread.isBusy = true;
    busy.push(thread);
    if (next(25) === 0) doomed.add(thread);
    try {
      act();
    } catch (error) {
      if (!(error instanceof Died) || busy.at(-1) !== thread) throw error;
      tally.died += 1;
      for (let at = fetches.length - 1; at >= 0; at--) {
        if (fetches[at]?.thread === thread) fetches.splice(at, 1);
      }
      doomed.delete(thread);
      tally.evictions += thread.store.evictions;
      Object.assign(thread, newParts(thread.index));
    } finally {
      doomed.delete(thread);
      busy.pop();
      thread.isBusy = false;
    }
  };

  /** Some are asked for far more often than others. */
  const somePath = () => paths[next(1 + next(paths.length))] ?? "/a";

  const happen = () => {
    const thread = threads[next(threadCount)];
    if (thread === undefined) return;
    const what = next(60);
    if (what < 22) by(thread, () => ask(thread));
    else if (what < 36) reach();
    else if (what < 56) deliver();
    else if (what < 58) by(thread, () => purge(thread));
    else nowMs += 1_000;
  };

  const ask = ({ cache, index }: Thread) => {
    const thread = threads[index];
    const path = somePath();
    const askedAt = now;
    const fields: Field[] = next(10) === 0 ? [["cache-control", "no-cache"]] : [];
    const asked: Asked = {
      ...{ owner, settings: defaultCacheSettings },
      request: { method: "GET", scheme: "http", host: "h", path, query: undefined, fields },
    };
    const action = cache.ask(asked, nowMs);
    if (action.kind === "refuse" || thread === undefined) return;
    if (action.kind === "forward") {
      return void fetches.push({ thread, cache, outbound: action.outbound, askedAt });
    }
    served(path, action.body, action.facts, askedAt);
    const { background: outbound } = action;
    // Who asks in the background is nobody who came after anything.
    if (outbound !== undefined) fetches.push({ thread, cache, outbound, askedAt: -1 });
  };

  /** The origin answers what it has now. */
  const reach = () => {
    const fetching = pick(fetches.filter(({ said }) => said === undefined));
    if (fetching === undefined) return;
    const { outbound: { asked: { request: { path } }, fields } } = fetching;
    const version = versions.get(path) ?? 0;
    fetching.said = { version, isSame: fieldValue(fields, "if-none-match") === `"${version}"` };
  };

  const deliver = () => {
    const fetching = pick(fetches.filter(({ said }) => said !== undefined));
    if (fetching?.said === undefined) return;
    const { thread, cache, outbound, askedAt, said, filling } = fetching;
    const { path } = outbound.asked.request;
    by(thread, () => {
      const isHead = filling === undefined;
      if (isHead) {
        const arrival = cache.arrive(outbound, headOf(path, said), nowMs);
        if (arrival.kind === "reply") {
          tally.validated += 1;
          // Whoever has the answer to their own fetch has what the origin said to it.
          served(path, arrival.body, { ...arrival.facts, detail: "validated" }, askedAt);
        }
        if (arrival.kind === "pass-on" && arrival.filling !== undefined && next(6) > 0) {
          fetching.filling = arrival.filling;
          return;
        }
        if (arrival.kind === "again") {
          fetches.push({ thread, cache, outbound: arrival.outbound, askedAt });
        }
      } else {
        const body = new GrowingBody(10_000);
        body.append(encodeUtf8(`${path} ${said.version} ${"x".repeat(next(256))}`));
        const kept = cache.complete(outbound, filling, body.finish(), nowMs);
        tally[kept === "kept" ? "filled" : "dropped"] += 1;
      }
      if (fetches.includes(fetching)) fetches.splice(fetches.indexOf(fetching), 1);
    });
  };

  const purge = ({ cache }: Thread) => {
    const path = somePath();
    const by = next(8);
    const hit = by < 6 ? [path] : paths;
    // What is purged has changed before, in general.
    for (const one of hit) versions.set(one, (versions.get(one) ?? 0) + (next(4) === 0 ? 0 : 1));
    const mode = next(4) === 0 ? "soft" : "hard";
    const one: Purged = {
      mode,
      versions: new Map(hit.map((one) => [one, versions.get(one) ?? 0])),
      returnedAt: Infinity,
    };
    purges.push(one);
    tally.purges += 1;
    cache.purge([scopeOf(path, by)], mode, nowMs);
    one.returnedAt = now;
  };

  const served = (path: string, body: KeptBody, { detail }: StatusFacts, askedAt: number) => {
    const text = decodeUtf8(concatBytes([...body.slices(0, body.bytes - 1)]));
    const [whose, number] = text.split(" ");
    assert.equal(whose, path, `seed ${seed}`);
    const isFresh = detail === undefined;
    tally[isFresh ? "fresh" : "stale"] += 1;
    for (const { mode, versions, returnedAt } of purges) {
      if (returnedAt > askedAt || mode === "soft" && !isFresh) continue;
      const least = versions.get(path) ?? 0;
      assert.ok(Number(number) >= least, `seed ${seed}: ${text} at ${askedAt}, after ${least}`);
    }
  };

  function pick<One>(all: readonly One[]): One | undefined {
    return all[next(Math.max(1, all.length))];
  }

  for (let happenings = 0; happenings < happeningsCount; happenings++) happen();
  for (const { store } of threads) tally.evictions += store.evictions;
  return tally;
}

function scopeOf(path: string, by: number): PurgeScope {
  if (by < 3) return { kind: "resource", resource: `t\ns\nhttp://h${path}` };
  switch (by) {
    case 3:
    case 4:
    case 5:
      return { kind: "surrogate key", owner, key: path };
    case 6:
      return { kind: "host", tenant: owner.tenant, host: "h" };
    default:
      return { kind: "service", owner };
  }
}

function headOf(path: string, { version, isSame }: { version: number; isSame: boolean }) {
  const fields: Field[] = [
    ["etag", `"${version}"`],
    ["cache-control", "max-age=3, stale-while-revalidate=5"],
    ["surrogate-key", path],
  ];
  return { status: isSame ? 304 : 200, fields };
}
