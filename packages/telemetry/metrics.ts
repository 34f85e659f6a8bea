/**
 * Counts what one thread does, for each service, from the events of its log. Between two deltas nothing is made for a
 * request but numbers in a row that is there already.
 */

import type { LogEvent, RequestEvent } from "@skerry/edge";
import { bucketOf } from "./histogram.ts";
import {
  type CacheMark,
  cachePlace,
  fromCache,
  guestCachePlace,
  type GuestCacheUse,
  place,
  requestPlace,
  rowLength,
} from "./layout.ts";
import { telemetryLimits } from "./limits.ts";

/** What changed since the delta before: plain values, for threads and processes to send. */
export interface Delta {
  readonly services: readonly ServiceDelta[];
  /** Refusals by status, each a status and a count. */
  readonly refused: readonly (readonly [status: number, count: number])[];
}

/** What changed for one service. */
export interface ServiceDelta {
  /** Its name; empty for requests that nobody answers. */
  readonly name: string;
  /** Which service of that name it is; what has none is nobody's, or all those' beyond the bound. */
  readonly key?: number | undefined;
  /** Places of its row and what is to be added there, in turn. */
  readonly added: readonly number[];
  /** The most that a sandbox's memories were, in bytes. */
  readonly memoryPeakBytes: number;
}

/** A service as its events name it. */
export interface CountedService {
  readonly name: string;
  readonly key?: number | undefined;
}

/** The service that stands for all that are beyond the bound. No name of a node's service is like it. */
export const otherServices = "other";

/** Counts. */
export class Metrics {
  readonly #servicesMax: number;
  /** By their services' keys, or names where those have none. */
  #rows = new Map<string | number, Row>();
  /** Rows that something was added to since the last delta. */
  #touched: Row[] = [];
  /** Rows that something was added to since idle ones were let go. */
  #used = new Map<string | number, Row>();
  #deltas = 0;
  readonly #refused = new Map<number, number>();
  /** The row that was used last: requests come in runs. */
  #last = new Row("");

  constructor(servicesMax: number = telemetryLimits.servicesMax) {
    this.#servicesMax = servicesMax;
  }

  /** Counts an event. Refusals count by {@link refused}: the log tells only of some. */
  take(event: LogEvent): void {
    if (event.type === "request") addRequest(this.#row(event.service, event.serviceKey), event);
    else if (event.type === "guest") {
      add(this.#row(event.service, event.serviceKey), place.guestLines, 1);
    }
  }

  /** Counts a use that a service's program has made of the cache. */
  usedByGuest({ name, key }: CountedService, use: GuestCacheUse, result: CacheMark): void {
    add(this.#row(name, key), guestCachePlace(use, result), 1);
  }

  /** Counts something that never became a request. */
  refused(status: number): void {
    const count = this.#refused.get(status);
    if (count === undefined && this.#refused.size >= telemetryLimits.refusedStatusesMax) return;
    this.#refused.set(status, (count ?? 0) + 1);
  }

  /** What was counted since this was asked the last time; undefined where that is nothing. */
  takeDelta(): Delta | undefined {
    this.#letGoIdle();
    if (this.#touched.length === 0 && this.#refused.size === 0) return undefined;
    const services = this.#touched.map(taken);
    const refused = [...this.#refused];
    this.#touched = [];
    this.#refused.clear();
    return { services, refused };
  }

  #row(name = "", key?: number): Row {
    let row = this.#last;
    if (row.name !== name || row.key !== key || !row.isTouched) {
      row = this.#last = this.#touch(name, key);
    }
    return row;
  }

  #touch(name: string, key: number | undefined): Row {
    const row = this.#rows.get(key ?? name) ?? this.#make(name, key);
    if (row.isTouched) return row;
    row.isTouched = true;
    this.#touched.push(row);
    this.#used.set(row.id, row);
    return row;
  }

  #make(name: string, key: number | undefined): Row {
    const isRoom = this.#rows.size < this.#servicesMax;
    const found = isRoom ? undefined : this.#rows.get(otherServices);
    if (found !== undefined) return found;
    const row = isRoom ? new Row(name, key) : new Row(otherServices);
    this.#rows.set(row.id, row);
    return row;
  }

  #letGoIdle(): void {
    this.#deltas += 1;
    if (this.#deltas < telemetryLimits.idleDeltasMax) return;
    this.#deltas = 0;
    this.#rows = this.#used;
    this.#used = new Map();
  }
}

/** The numbers of one service. */
class Row {
  readonly name: string;
  readonly key: number | undefined;
  readonly counts = new Float64Array(rowLength);
  memoryPeakBytes = 0;
  isTouched = false;

  constructor(name: string, key?: number) {
    this.name = name;
    this.key = key;
  }

  get id(): string | number {
    return this.key ?? this.name;
  }
}

function add({ counts }: Row, index: number, count: number): void {
  counts[index] = (counts[index] ?? 0) + count;
}

function addRequest(row: Row, event: RequestEvent): void {
  const { cache } = event;
  if (cache !== undefined) addCached(row, cache, event.responseBytes);
  // What the cache asks for on its own is no client's request, though it costs what one does.
  if (cache !== "refresh") addAnswered(row, event);
  addUsed(row, event);
}

function addCached(row: Row, cache: CacheMark, responseBytes: number): void {
  add(row, cachePlace(cache), 1);
  if (fromCache.has(cache)) add(row, place.cacheBytes, responseBytes);
}

function addAnswered(row: Row, event: RequestEvent): void {
  const { status, leaseMs, totalMs } = event;
  add(row, requestPlace(event.outcome, status), 1);
  if (isError(event)) add(row, place.errors, 1);
  add(row, place.requestBytes, event.requestBytes);
  add(row, place.responseBytes, event.responseBytes);
  add(row, place.totalMs, totalMs);
  add(row, place.totalBuckets + bucketOf(totalMs), 1);
  if (leaseMs !== undefined) {
    add(row, place.leaseMs, leaseMs);
    add(row, place.leaseBuckets + bucketOf(leaseMs), 1);
  }
}

function addUsed(row: Row, { cpuMs, fuel, hostCalls, memoryBytes }: RequestEvent): void {
  if (cpuMs !== undefined) add(row, place.cpuMs, cpuMs);
  if (fuel !== undefined) add(row, place.fuel, fuel);
  if (hostCalls !== undefined) add(row, place.hostCalls, hostCalls);
  if (memoryBytes !== undefined && memoryBytes > row.memoryPeakBytes) {
    row.memoryPeakBytes = memoryBytes;
  }
}

/** Whether a request failed on our side of the connection; one that failed after it had begun has its status still. */
function isError({ status, outcome, error }: RequestEvent): boolean {
  return outcome !== "hung up" && (status >= 500 || (status < 400 && error !== undefined));
}

/** A row's numbers, which it begins again without. */
function taken(row: Row): ServiceDelta {
  const { name, key, counts, memoryPeakBytes } = row;
  const added: number[] = [];
  for (const [index, count] of counts.entries()) {
    if (count !== 0) added.push(index, count);
  }
  counts.fill(0);
  row.memoryPeakBytes = 0;
  row.isTouched = false;
  return { name, key, added, memoryPeakBytes };
}
