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
  /** Places of its row and what is to be added there, in turn. */
  readonly added: readonly number[];
  /** The most that a sandbox's memories were, in bytes. */
  readonly memoryPeakBytes: number;
}

/** The service that stands for all that are beyond the bound. No name of a node's service is like it. */
export const otherServices = "other";

/** Counts. */
export class Metrics {
  readonly #servicesMax: number;
  #rows = new Map<string, Row>();
  /** Rows that something was added to since the last delta. */
  #touched: Row[] = [];
  /** Rows that something was added to since idle ones were let go. */
  #used = new Map<string, Row>();
  #deltas = 0;
  readonly #refused = new Map<number, number>();
  /** The row that was used last: requests come in runs. */
  #last = new Row("");

  constructor(servicesMax: number = telemetryLimits.servicesMax) {
    this.#servicesMax = servicesMax;
  }

  /** Counts an event. Refusals count by {@link refused}: the log tells only of some. */
  take(event: LogEvent): void {
    if (event.type === "request") addRequest(this.#row(event.service ?? ""), event);
    else if (event.type === "guest") add(this.#row(event.service), place.guestLines, 1);
  }

  /** Counts a use that a service's program has made of the cache. */
  usedByGuest(service: string, use: GuestCacheUse, result: CacheMark): void {
    add(this.#row(service), guestCachePlace(use, result), 1);
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

  #row(name: string): Row {
    let row = this.#last;
    if (row.name !== name || !row.isTouched) row = this.#last = this.#touch(name);
    return row;
  }

  #touch(name: string): Row {
    const row = this.#rows.get(name) ?? this.#make(name);
    if (row.isTouched) return row;
    row.isTouched = true;
    this.#touched.push(row);
    this.#used.set(row.name, row);
    return row;
  }

  #make(wanted: string): Row {
    const name = this.#rows.size < this.#servicesMax ? wanted : otherServices;
    const found = this.#rows.get(name);
    if (found !== undefined) return found;
    const row = new Row(name);
    this.#rows.set(name, row);
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
  readonly counts = new Float64Array(rowLength);
  memoryPeakBytes = 0;
  isTouched = false;

  constructor(name: string) {
    this.name = name;
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
  const { name, counts, memoryPeakBytes } = row;
  const added: number[] = [];
  for (const [index, count] of counts.entries()) {
    if (count !== 0) added.push(index, count);
  }
  counts.fill(0);
  row.memoryPeakBytes = 0;
  row.isTouched = false;
  return { name, added, memoryPeakBytes };
}
