/** A snapshot as it comes from another process: of no type until it has passed here. */

import { err, ok, type Result } from "@skerry/base";
import * as v from "valibot";
import { cacheResults, guestCacheUses, outcomes } from "./layout.ts";
import type { TelemetrySnapshot } from "./snapshot.ts";

const count = v.pipe(v.number(), v.finite(), v.minValue(0));

const supervisor = v.object({
  startTimeMs: count,
  residentBytes: v.optional(count),
  cpuMs: v.optional(count),
  openFiles: v.optional(count),
});

const figures = v.object({
  threads: count,
  sandboxesInUse: count,
  sandboxesIdle: count,
  memoryBytes: count,
  memoryBytesMax: count,
  cacheBytes: count,
  cacheBytesMax: count,
  cacheEvictions: count,
  residentBytes: v.optional(count),
  cpuMs: v.optional(count),
});

const disk = v.object({
  bytes: count,
  bytesMax: count,
  files: count,
  hits: count,
  misses: count,
  writtenBytes: count,
  evictions: count,
  damaged: count,
});

const cell = v.object({
  cell: count,
  state: v.string(),
  restarts: count,
  figures: v.optional(figures),
});

const histogram = v.object({ sumMs: count, counts: v.array(count) });

const service = v.object({
  name: v.string(),
  requests: v.array(v.object({ outcome: v.picklist(outcomes), code: v.string(), count })),
  errors: count,
  requestBytes: count,
  responseBytes: count,
  cpuMs: count,
  fuel: count,
  hostCalls: count,
  guestLines: count,
  cache: v.array(v.object({ result: v.picklist(cacheResults), count })),
  cacheBytes: count,
  guestCache: v.array(
    v.object({ use: v.picklist(guestCacheUses), result: v.picklist(cacheResults), count }),
  ),
  memoryPeakBytes: count,
  lease: histogram,
  total: histogram,
  purges: v.object({ hard: count, soft: count, times: histogram }),
});

/** What `GET /v1/metrics.json` answers. */
export const telemetrySnapshotSchema: v.GenericSchema<unknown, TelemetrySnapshot> = v.object({
  timeMs: count,
  version: v.string(),
  supervisor: v.optional(supervisor),
  cells: v.array(cell),
  refused: v.array(v.object({ status: count, count })),
  spans: v.optional(v.object({ exported: count, dropped: count })),
  disk: v.optional(disk),
  boundsMs: v.array(count),
  services: v.array(service),
});

/** Reads a snapshot; says what is in the way where it is none. */
export function parseSnapshot(value: unknown): Result<TelemetrySnapshot, string> {
  const parsed = v.safeParse(telemetrySnapshotSchema, value);
  if (parsed.success) return ok(parsed.output);
  return err(`${v.getDotPath(parsed.issues[0]) ?? "it"}: ${parsed.issues[0].message}`);
}
