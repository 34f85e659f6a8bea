/** What would become of a request, and what is kept of what it asks for: for people. Times are milliseconds. */

import { variantOf } from "@skerry/http";
import { type Decision, timeToLiveMs } from "./decide.ts";
import { currentAgeMs } from "./freshness.ts";
import { judged, type KeptCandidate, type KeptSet, type KeptVariant } from "./kept.ts";
import type { CacheKey } from "./key.ts";
import type { PurgeRecords } from "./purge_records.ts";
import type { CacheRequest } from "./request.ts";

/** See the head of this file. */
export interface Explanation {
  /** What the request asks for: its URL as it counts. */
  readonly resource: string;
  readonly decision: Decision<KeptCandidate>["kind"];
  /** In one word or two, as `Cache-Status` has them. */
  readonly why: string;
  /** How much longer what is found is fresh; below 0 where it is stale. */
  readonly ttlMs?: number;
  /** For how much longer nobody waits for another's fetch, since the last answer could not be kept. */
  readonly hitForMissMs?: number;
  readonly variants: readonly ExplainedVariant[];
}

/** A response that is kept. */
export interface ExplainedVariant {
  readonly status: number;
  readonly state: "fresh" | "stale" | "purged" | "outlived";
  /** Whether it is of the variant that the request asks for. */
  readonly isAsked: boolean;
  readonly vary: readonly string[];
  readonly ageMs: number;
  readonly ttlMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  readonly bytes: number;
  readonly surrogateKeys: readonly string[];
}

/** Explains a decision. */
export function explanationOf(
  request: CacheRequest,
  key: CacheKey,
  set: KeptSet,
  decision: Decision<KeptCandidate>,
  purges: PurgeRecords,
  nowMs: number,
): Explanation {
  const hitForMissMs = set.hitForMissUntilMs - nowMs;
  // Tenant and service stand in lines of their own before it.
  const resource = key.resource.split("\n").slice(2).join("\n");
  return {
    resource,
    decision: decision.kind,
    why: whyOf(decision),
    ...("ttlMs" in decision && { ttlMs: decision.ttlMs }),
    ...(hitForMissMs > 0 && { hitForMissMs }),
    variants: set.variants.map((variant) => explained(request, key, variant, purges, nowMs)),
  };
}

function whyOf(decision: Decision<KeptCandidate>): string {
  switch (decision.kind) {
    case "hit":
      return "fresh";
    case "miss":
      return decision.reason;
    case "stale":
    case "revalidate":
    case "pass":
    case "refuse":
      return decision.why;
  }
}

function explained(
  request: CacheRequest,
  key: CacheKey,
  variant: KeptVariant,
  purges: PurgeRecords,
  nowMs: number,
): ExplainedVariant {
  const { stored, body } = variant;
  const candidate = judged(key, variant, purges);
  const ttlMs = timeToLiveMs(candidate ?? { stored, staleFromMs: Infinity }, nowMs);
  const state = candidate === undefined
    ? "purged"
    : stored.keptUntilMs < nowMs
    ? "outlived"
    : ttlMs > 0
    ? "fresh"
    : "stale";
  return {
    status: stored.status,
    state,
    isAsked: variantOf(request.fields, stored.vary) === stored.variant,
    vary: stored.vary,
    ageMs: currentAgeMs(stored, nowMs),
    ttlMs,
    staleWhileRevalidateMs: stored.staleWhileRevalidateMs,
    staleIfErrorMs: stored.staleIfErrorMs,
    bytes: body.bytes,
    surrogateKeys: stored.surrogateKeys,
  };
}
