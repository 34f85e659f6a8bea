/** What is found under a fragment's key, as of now. */

import { variantOf } from "@skerry/http";
import { timeToLiveMs } from "../decide.ts";
import { currentAgeMs } from "../freshness.ts";
import type { KeptCandidate, KeptVariant } from "../kept.ts";
import type { StoredResponse } from "../stored_response.ts";
import { metadataOf } from "./fragment.ts";
import { type FragmentBody, wholeFragmentBody } from "./fragment_body.ts";
import type { FillingFragment } from "./filling_fragment.ts";

/** A fragment that may be read. Times are in milliseconds. */
export interface FoundFragment {
  readonly ageMs: number;
  /** Negative where it is stale. */
  readonly ttlMs: number;
  /** `expired` where it is of use no more, save to be updated. */
  readonly freshness: "fresh" | "stale" | "expired";
  /** How often it was found before, as far as this thread knows. */
  readonly hits: number;
  readonly metadata: Uint8Array;
  readonly body: FragmentBody;
  /** As it is kept; undefined while it is being written. */
  readonly kept: KeptVariant | undefined;
}

/** Of those that a request may have, the one that came last. */
export function newestOf(
  candidates: readonly KeptCandidate[],
  { fields }: { readonly fields: Parameters<typeof variantOf>[0] },
): KeptCandidate | undefined {
  let newest: KeptCandidate | undefined;
  for (const candidate of candidates) {
    const { vary, variant, responseMs } = candidate.stored;
    if (variantOf(fields, vary) !== variant) continue;
    if (newest === undefined || responseMs >= newest.stored.responseMs) newest = candidate;
  }
  return newest;
}

/** One that is kept. */
export function foundKept(candidate: KeptCandidate, nowMs: number, hits: number): FoundFragment {
  const { stored, body } = candidate;
  const ttlMs = timeToLiveMs(candidate, nowMs);
  const isStale = -ttlMs <= stored.staleWhileRevalidateMs && stored.staleWhileRevalidateMs > 0;
  return {
    ageMs: currentAgeMs(stored, nowMs),
    ttlMs,
    freshness: ttlMs > 0 ? "fresh" : isStale ? "stale" : "expired",
    hits,
    metadata: metadataOf(stored),
    body: wholeFragmentBody(body),
    kept: { stored, body },
  };
}

/** One that is being written, for those who have waited for just that: never expired. */
export function foundFilling(filling: FillingFragment, nowMs: number): FoundFragment {
  const { stored } = filling;
  const ttlMs = remainingMs(stored, nowMs);
  return {
    ageMs: currentAgeMs(stored, nowMs),
    ttlMs,
    freshness: ttlMs > 0 ? "fresh" : "stale",
    hits: 0,
    metadata: metadataOf(stored),
    body: filling,
    kept: undefined,
  };
}

/** How much longer one is fresh, purges apart. */
export function remainingMs(stored: StoredResponse, nowMs: number): number {
  return stored.lifetimeMs - currentAgeMs(stored, nowMs);
}
