/**
 * What all cells have counted since the node's start. Cells send what changed, so that a cell that dies takes nothing
 * with it but what it had not sent. They run guests: numbers that cannot be counts are not added.
 *
 * What always holds: what was counted for one service is never told of another, also where that has its name by now. Cells tell
 * late, and of requests that outlived their service.
 */

import { boundsMs, bucketCount } from "./histogram.ts";
import {
  cachePlace,
  cacheResults,
  classCount,
  className,
  guestCachePlace,
  guestCacheUses,
  outcomes,
  place,
  rowLength,
} from "./layout.ts";
import { telemetryLimits } from "./limits.ts";
import { PurgeTotals } from "./purge_totals.ts";
import { type CountedService, type Delta, otherServices, type ServiceDelta } from "./metrics.ts";
import type {
  CellFigures,
  CellSnapshot,
  GuestCacheCount,
  HistogramSnapshot,
  RequestCount,
  ServiceSnapshot,
  TelemetrySnapshot,
} from "./snapshot.ts";

/** What is known elsewhere of the node when it is to tell of itself. */
export interface NodeFigures
  extends Pick<TelemetrySnapshot, "version" | "supervisor" | "spans" | "disk"> {
  readonly timeMs: number;
  /** All cells, with what became of them. */
  readonly cells: readonly Omit<CellSnapshot, "figures">[];
}

/** What sums are made by. */
export interface TotalsOptions {
  /** Whether there is such a service now; every one there is unless told. */
  readonly isThere?: (service: CountedService) => boolean;
  readonly servicesMax?: number;
}

/** Adds. */
export class Totals {
  readonly #services = new Map<string, Total>();
  readonly #refused = new Map<number, number>();
  readonly #cells = new Map<number, CellFigures>();
  readonly #isThere: (service: CountedService) => boolean;
  readonly #servicesMax: number;

  constructor(
    { isThere = () => true, servicesMax = telemetryLimits.servicesMax }: TotalsOptions = {},
  ) {
    this.#isThere = isThere;
    this.#servicesMax = servicesMax;
  }

  /**
   * Adds what a cell has counted.
   *
   * @param nowMs by a clock that does not go back
   */
  add(cell: number, { services, refused }: Delta, nowMs: number, figures?: CellFigures): void {
    for (const service of services) this.#totalOf(service)?.add(service, nowMs);
    for (const [status, count] of refused) {
      const before = this.#refused.get(status);
      if (before === undefined && this.#refused.size >= telemetryLimits.refusedStatusesMax) {
        continue;
      }
      if (isCount(count)) this.#refused.set(status, (before ?? 0) + count);
    }
    if (figures !== undefined) this.#cells.set(cell, figures);
  }

  /** A purge of a service was applied. */
  purged(service: CountedService, mode: "hard" | "soft", ms: number): void {
    this.#totalOf(service)?.purges.add(mode, ms);
  }

  /** A cell has ended: what it told of itself holds no longer, what it counted does. */
  cellEnded(cell: number): void {
    this.#cells.delete(cell);
  }

  /** Services were removed: those of whose full names this is so. */
  forget(isGone: (service: string) => boolean): void {
    for (const name of this.#services.keys()) {
      if (isGone(name)) this.#services.delete(name);
    }
  }

  /** Everything, for whoever asks. */
  snapshot({ cells, ...node }: NodeFigures): TelemetrySnapshot {
    return {
      ...node,
      cells: cells.map((cell) => ({ ...cell, figures: this.#cells.get(cell.cell) })),
      refused: [...this.#refused].map(([status, count]) => ({ status, count })),
      boundsMs,
      services: [...this.#services].map(([name, total]) => total.snapshot(name)),
    };
  }

  /** None for a service that is gone. */
  #totalOf(service: CountedService): Total | undefined {
    const found = this.#services.get(service.name);
    if (found !== undefined) return found.key === service.key ? found : undefined;
    const isSumOfOthers = service.name === "" || service.name === otherServices;
    if (!isSumOfOthers && !this.#isThere(service)) return undefined;
    return this.#services.size < this.#servicesMax ? this.#make(service) : this.#others;
  }

  get #others(): Total {
    return this.#services.get(otherServices) ?? this.#make({ name: otherServices });
  }

  #make({ name, key }: CountedService): Total {
    const total = new Total(key);
    this.#services.set(name, total);
    return total;
  }
}

/** One service. */
class Total {
  readonly key: number | undefined;
  readonly purges = new PurgeTotals();
  readonly #counts = new Float64Array(rowLength);
  /** The peaks of a while, and of the while before. */
  #peakBytes = 0;
  #peakBytesBefore = 0;
  #peakSinceMs = Number.NEGATIVE_INFINITY;

  constructor(key: number | undefined) {
    this.key = key;
  }

  add({ added, memoryPeakBytes }: ServiceDelta, nowMs: number): void {
    for (let at = 0; at + 1 < added.length; at += 2) {
      const [index = -1, count] = [added[at], added[at + 1]];
      const before = this.#counts[index];
      if (before !== undefined && isCount(count)) this.#counts[index] = before + count;
    }
    const passedMs = nowMs - this.#peakSinceMs;
    if (passedMs >= telemetryLimits.peakMsMin) {
      this.#peakBytesBefore = passedMs >= 2 * telemetryLimits.peakMsMin ? 0 : this.#peakBytes;
      this.#peakBytes = 0;
      this.#peakSinceMs = nowMs;
    }
    if (isCount(memoryPeakBytes)) this.#peakBytes = Math.max(this.#peakBytes, memoryPeakBytes);
  }

  snapshot(name: string): ServiceSnapshot {
    return {
      name,
      requests: [...this.#requests()],
      errors: this.#at(place.errors),
      requestBytes: this.#at(place.requestBytes),
      responseBytes: this.#at(place.responseBytes),
      cpuMs: this.#at(place.cpuMs),
      fuel: this.#at(place.fuel),
      hostCalls: this.#at(place.hostCalls),
      guestLines: this.#at(place.guestLines),
      cache: cacheResults.map((result) => ({ result, count: this.#at(cachePlace(result)) }))
        .filter(({ count }) => count > 0),
      cacheBytes: this.#at(place.cacheBytes),
      guestCache: [...this.#guestCache()],
      memoryPeakBytes: Math.max(this.#peakBytes, this.#peakBytesBefore),
      lease: this.#histogram(place.leaseMs, place.leaseBuckets),
      total: this.#histogram(place.totalMs, place.totalBuckets),
      purges: this.purges.snapshot(),
    };
  }

  *#requests(): Iterable<RequestCount> {
    for (const [index, outcome] of outcomes.entries()) {
      for (let code = 0; code < classCount; code++) {
        const count = this.#at(index * classCount + code);
        if (count > 0) yield { outcome, code: className(code), count };
      }
    }
  }

  *#guestCache(): Iterable<GuestCacheCount> {
    for (const use of guestCacheUses) {
      for (const result of cacheResults) {
        const count = this.#at(guestCachePlace(use, result));
        if (count > 0) yield { use, result, count };
      }
    }
  }

  #histogram(sum: number, buckets: number): HistogramSnapshot {
    const counts = [...this.#counts.subarray(buckets, buckets + bucketCount)];
    return { sumMs: this.#at(sum), counts };
  }

  #at(index: number): number {
    return this.#counts[index] ?? 0;
  }
}

function isCount(count: number | undefined): count is number {
  return count !== undefined && Number.isFinite(count) && count >= 0;
}
