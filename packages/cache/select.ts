/** Which of the responses that are kept under one key a request may have (RFC 9111 §4.1). */

import {
  fieldValue,
  type ForwardReason,
  parseRange,
  rangeApplies,
  satisfy,
  variantOf,
} from "@skerry/http";
import type { CacheRequest } from "./request.ts";
import type { StoredResponse } from "./stored_response.ts";

/** A response that is kept, and was not purged for good. Whoever keeps it may have more with it: its body. */
export interface Candidate {
  readonly stored: StoredResponse;
  /** Since when it counts as stale by a soft purge; Infinity where there was none. Milliseconds since 1970. */
  readonly staleFromMs: number;
}

/** What was found, or which kind of miss it is (RFC 9211 §2.2). */
export type Selection<Kept extends Candidate> =
  | { readonly kind: "found"; readonly kept: Kept }
  | { readonly kind: "none"; readonly reason: ForwardReason };

/** Of those that match, the most recent one (RFC 9111 §4); of those the one that came last. */
export function select<Kept extends Candidate>(
  request: CacheRequest,
  candidates: readonly Kept[],
  nowMs: number,
): Selection<Kept> {
  if (candidates.length === 0) return { kind: "none", reason: "uri-miss" };
  let found: Kept | undefined;
  let isPartOnly = false;
  for (const candidate of candidates) {
    if (variantOf(request.fields, candidate.stored.vary) !== candidate.stored.variant) continue;
    if (!covers(candidate.stored, request, nowMs)) {
      isPartOnly = true;
      continue;
    }
    if (found === undefined || isBetter(candidate.stored, found.stored)) found = candidate;
  }
  if (found !== undefined) return { kind: "found", kept: found };
  return { kind: "none", reason: isPartOnly ? "partial" : "vary-miss" };
}

function isBetter(one: StoredResponse, other: StoredResponse): boolean {
  if (one.extent.kind !== other.extent.kind) return one.extent.kind === "whole";
  const [oneMs, otherMs] = [one.validators.dateMs, other.validators.dateMs];
  return oneMs !== otherMs ? oneMs > otherMs : one.responseMs >= other.responseMs;
}

/** RFC 9111 §3.3: a part is only for a request that wants no more than what is in it. */
function covers(stored: StoredResponse, request: CacheRequest, nowMs: number): boolean {
  if (stored.extent.kind === "whole") return true;
  const { first, last, complete } = stored.extent.range;
  const range = fieldValue(request.fields, "range");
  if (request.method !== "GET" || range === undefined || complete === undefined) return false;
  if (!rangeApplies(request.fields, stored.validators, nowMs)) return false;
  const found = satisfy(parseRange(range), complete);
  return found.kind === "ranges" && found.ranges.length === 1 &&
    found.ranges.every((wanted) => wanted.first >= first && wanted.last <= last);
}
