/** What a node tells of itself at one moment: plain JSON, the same for `/v1/metrics.json`, Prometheus and `skerry top`. */

import type { RequestEvent } from "@skerry/edge";
import type { CacheMark, GuestCacheUse } from "./layout.ts";

/** A node. Counts are since its start; times are milliseconds, sizes bytes. */
export interface TelemetrySnapshot {
  /** When it was taken, since 1970. */
  readonly timeMs: number;
  /** Skerry's version. */
  readonly version: string;
  /** The supervisor; a tenant is not told. */
  readonly supervisor?: ProcessFigures | undefined;
  /** None for a tenant. */
  readonly cells: readonly CellSnapshot[];
  /** What never became a request; none for a tenant. */
  readonly refused: readonly { readonly status: number; readonly count: number }[];
  /** Spans that were sent and that were not; absent where nothing is traced, and for a tenant. */
  readonly spans?: SpanFigures | undefined;
  /** Responses that are kept on a disk; absent where none are, and for a tenant. */
  readonly disk?: DiskTierFigures | undefined;
  /** Upper bounds of the histograms' buckets but the last, which has none. */
  readonly boundsMs: readonly number[];
  readonly services: readonly ServiceSnapshot[];
}

/** A process. */
export interface ProcessFigures {
  readonly startTimeMs: number;
  readonly residentBytes?: number | undefined;
  readonly cpuMs?: number | undefined;
  readonly openFiles?: number | undefined;
}

/** What a cell tells of itself. */
export interface CellFigures {
  readonly threads: number;
  readonly sandboxesInUse: number;
  readonly sandboxesIdle: number;
  /** Memory of its sandboxes, idle ones included, and the most that there may be. */
  readonly memoryBytes: number;
  readonly memoryBytesMax: number;
  /** Memory of the responses that it keeps, the most that there may be, and how many had to go for others. */
  readonly cacheBytes: number;
  readonly cacheBytesMax: number;
  readonly cacheEvictions: number;
  readonly residentBytes?: number | undefined;
  readonly cpuMs?: number | undefined;
}

/** A cell, as its supervisor knows it. */
export interface CellSnapshot {
  readonly cell: number;
  /** `serving`, or what it does instead. */
  readonly state: string;
  readonly restarts: number;
  /** What it told last; absent where it has told nothing yet. */
  readonly figures?: CellFigures | undefined;
}

/** The disk tier of the cache. */
export interface DiskTierFigures {
  /** What there is, as far as is known, and the most that there may be. */
  readonly bytes: number;
  readonly bytesMax: number;
  readonly files: number;
  /** Lookups of what memory had not: what was found, and what was not. */
  readonly hits: number;
  readonly misses: number;
  readonly writtenBytes: number;
  /** Files that had to go for others, and that were damaged. */
  readonly evictions: number;
  readonly damaged: number;
}

/** Spans by what became of them. */
export interface SpanFigures {
  readonly exported: number;
  /** The queue was full, or the collector did not take them. */
  readonly dropped: number;
}

/** A service, all of its versions, threads and cells together. */
export interface ServiceSnapshot {
  /** Its full name; empty for requests that nobody answers, `other` for services beyond the bound. */
  readonly name: string;
  readonly requests: readonly RequestCount[];
  readonly errors: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Of its guests on the processor. */
  readonly cpuMs: number;
  readonly fuel: number;
  readonly hostCalls: number;
  readonly guestLines: number;
  /** Requests that passed the cache, and what of their bodies did not have to be fetched for them. */
  readonly cache: readonly CacheCount[];
  readonly cacheBytes: number;
  /** What programs use it for. */
  readonly guestCache: readonly GuestCacheCount[];
  /** The most that one of its sandboxes had in the last minute or two. */
  readonly memoryPeakBytes: number;
  /** From a request's head until a sandbox was leased, and until the request's end. */
  readonly lease: HistogramSnapshot;
  readonly total: HistogramSnapshot;
  readonly purges: PurgeSnapshot;
}

/** Requests that went one way. */
export interface RequestCount {
  readonly outcome: RequestEvent["outcome"];
  /** The class of its status: `2xx`. */
  readonly code: string;
  readonly count: number;
}

/** Requests with which the cache had one thing to do; `refresh` are its own. */
export interface CacheCount {
  readonly result: CacheMark;
  readonly count: number;
}

/** Uses that programs make of the cache, with which it had one thing to do. */
export interface GuestCacheCount extends CacheCount {
  readonly use: GuestCacheUse;
}

/** Purges of a service that were asked for, and how long each took to be applied by all nodes that there are. */
export interface PurgeSnapshot {
  readonly hard: number;
  readonly soft: number;
  readonly times: HistogramSnapshot;
}

/** Times. */
export interface HistogramSnapshot {
  readonly sumMs: number;
  /** Of each bucket by itself. */
  readonly counts: readonly number[];
}

/** What a tenant is told: of its own services, and nothing of the node or of others. */
export function tenantView(snapshot: TelemetrySnapshot, tenant: string): TelemetrySnapshot {
  const { timeMs, version, boundsMs, services } = snapshot;
  const own = services.filter(({ name }) => name.startsWith(`${tenant}/`));
  return { timeMs, version, cells: [], refused: [], boundsMs, services: own };
}
