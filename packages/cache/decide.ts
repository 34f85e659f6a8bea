/**
 * What becomes of a request, by what is kept (RFC 9111 §4).
 *
 * What always holds: a response is used without asking its origin only where it is fresh, or where somebody who may say so
 * said that a stale one will do.
 */

import {
  type Field,
  fieldValue,
  fieldValues,
  type ForwardReason,
  noRequestDirectives,
  type RequestDirectives,
  requestDirectives,
} from "@skerry/http";
import { type Forwarding, forwardingOf } from "./forwarding.ts";
import { currentAgeMs } from "./freshness.ts";
import { isPlain } from "./plain_request.ts";
import type { CacheRequest } from "./request.ts";
import { type Candidate, select } from "./select.ts";
import type { CacheSettings } from "./settings.ts";

/** One closed union of all that can happen. Ages and lifetimes are those of now, in milliseconds. */
export type Decision<Kept extends Candidate> =
  | { readonly kind: "hit"; readonly kept: Kept; readonly ttlMs: number }
  | {
    readonly kind: "stale";
    readonly kept: Kept;
    /** Negative. */
    readonly ttlMs: number;
    readonly why: "stale-while-revalidate" | "max-stale";
    /** To be done besides, by whoever is the first; undefined where the client itself did not mind. */
    readonly revalidation: Forwarding | undefined;
  }
  | {
    readonly kind: "revalidate";
    readonly kept: Kept;
    readonly ttlMs: number;
    readonly reason: ForwardReason;
    readonly why: RevalidationCause;
    readonly forwarding: Forwarding;
  }
  | {
    readonly kind: "miss";
    readonly reason: ForwardReason;
    readonly forwarding: Forwarding;
  }
  | {
    readonly kind: "pass";
    readonly reason: ForwardReason;
    readonly why: "method" | "setting" | "condition" | "upgrade";
  }
  /** RFC 9111 §5.2.1.7: a 504. */
  | { readonly kind: "refuse"; readonly why: "only-if-cached" };

/** Why a stored response was not good enough as it is. */
export type RevalidationCause =
  | "stale"
  | "purged"
  | "no-cache"
  | "request-no-cache"
  | "request-max-age"
  | "request-min-fresh";

/**
 * Decides.
 *
 * @param candidates all that is kept under the request's key and was not purged, in any order
 */
export function decide<Kept extends Candidate>(
  request: CacheRequest,
  candidates: readonly Kept[],
  nowMs: number,
  settings: CacheSettings,
): Decision<Kept> {
  const isWithoutRules = isPlain(request.fields);
  const pass = passed(request, settings) ?? (isWithoutRules ? undefined : passedByFields(request));
  if (pass !== undefined) return pass;
  const wishes = isWithoutRules ? noRequestDirectives : wishesOf(request, settings);
  const selection = select(request, candidates, nowMs);
  if (selection.kind === "none") {
    // §5.2.1.7
    if (wishes.onlyIfCached) return { kind: "refuse", why: "only-if-cached" };
    const forwarding = forwardingOf(request, undefined, wishes, settings);
    return { kind: "miss", reason: selection.reason, forwarding };
  }
  return judge(request, selection.kept, wishes, nowMs, settings);
}

/** How much longer a response is fresh; what was purged softly has been stale since then. */
export function timeToLiveMs({ stored, staleFromMs }: Candidate, nowMs: number): number {
  return Math.min(stored.lifetimeMs - currentAgeMs(stored, nowMs), staleFromMs - nowMs);
}

function judge<Kept extends Candidate>(
  request: CacheRequest,
  kept: Kept,
  wishes: RequestDirectives,
  nowMs: number,
  settings: CacheSettings,
): Decision<Kept> {
  const ttlMs = timeToLiveMs(kept, nowMs);
  const cause = causeOf(kept, ttlMs, wishes, nowMs);
  if (cause === undefined) return { kind: "hit", kept, ttlMs };
  const isStale = cause === "stale" || cause === "purged";
  const { stored } = kept;
  // §5.2.1.2: a client may accept what its origin has not forbidden.
  if (isStale && stored.mayBeStale && isAccepted(stored, ttlMs, wishes, nowMs)) {
    return { kind: "stale", kept, ttlMs, why: "max-stale", revalidation: undefined };
  }
  const forwarding = () => forwardingOf(request, stored, wishes, settings);
  // RFC 5861 §3; a client that wants it no older (§5.2.1.1) is not served what is.
  const isWithin = isStale && stored.staleWhileRevalidateMs > 0 &&
    -ttlMs <= stored.staleWhileRevalidateMs && !wantsFresh(wishes);
  if (isWithin) {
    const why = "stale-while-revalidate";
    return { kind: "stale", kept, ttlMs, why, revalidation: forwarding() };
  }
  if (wishes.onlyIfCached) return { kind: "refuse", why: "only-if-cached" };
  const reason = isStale || cause === "no-cache" ? "stale" : "request";
  return { kind: "revalidate", kept, ttlMs, reason, why: cause, forwarding: forwarding() };
}

function isAccepted(
  stored: Candidate["stored"],
  ttlMs: number,
  { maxAge, maxStale, minFresh }: RequestDirectives,
  nowMs: number,
): boolean {
  if (maxStale === undefined || -ttlMs > maxStale * 1000) return false;
  // Who wants it to stay fresh is not served what is stale, whatever else they say.
  if (minFresh !== undefined && ttlMs < minFresh * 1000) return false;
  return maxAge === undefined || currentAgeMs(stored, nowMs) <= maxAge * 1000;
}

/** Why a stored response must not be used as it is (RFC 9111 §4); undefined where it may. */
function causeOf(
  { stored, staleFromMs }: Candidate,
  ttlMs: number,
  wishes: RequestDirectives,
  nowMs: number,
): RevalidationCause | undefined {
  // §5.2.2.4
  if (stored.isValidatedAlways) return "no-cache";
  // §5.2.1.4
  if (wishes.noCache) return "request-no-cache";
  // §4.2: fresh is what has not reached its lifetime.
  if (ttlMs <= 0) return staleFromMs <= nowMs ? "purged" : "stale";
  const ageMs = currentAgeMs(stored, nowMs);
  // §5.2.1.1; RFC 8246 §2.1: what never changes need not be asked for again while it is fresh.
  const isTooOld = wishes.maxAge !== undefined && ageMs > wishes.maxAge * 1000;
  if (isTooOld && !stored.isImmutable) return "request-max-age";
  // With max-age=0 a client wants it validated, also within the first second.
  if (wishes.maxAge === 0 && !stored.isImmutable) return "request-max-age";
  // §5.2.1.3
  if (wishes.minFresh !== undefined && ttlMs < wishes.minFresh * 1000) return "request-min-fresh";
  return undefined;
}

function wantsFresh({ maxAge, minFresh }: RequestDirectives): boolean {
  return maxAge !== undefined || minFresh !== undefined;
}

function wishesOf({ fields }: CacheRequest, settings: CacheSettings): RequestDirectives {
  if (settings.requestDirectives === "ignored") return noRequestDirectives;
  return requestDirectives(fieldValues(fields, "cache-control"), fieldValues(fields, "pragma"));
}

type Pass = Extract<Decision<never>, { kind: "pass" }>;

function passed({ method }: CacheRequest, settings: CacheSettings): Pass | undefined {
  // §4, and §3: what is kept answers GET and HEAD.
  if (method !== "GET" && method !== "HEAD") {
    return { kind: "pass", reason: "method", why: "method" };
  }
  return settings.mode === "pass" ? { kind: "pass", reason: "bypass", why: "setting" } : undefined;
}

function passedByFields({ fields }: CacheRequest): Pass | undefined {
  // §4.3.2: conditions that are for the origin alone.
  if (isOriginCondition(fields)) return { kind: "pass", reason: "request", why: "condition" };
  const isUpgrade = fieldValue(fields, "upgrade") !== undefined;
  return isUpgrade ? { kind: "pass", reason: "bypass", why: "upgrade" } : undefined;
}

function isOriginCondition(fields: readonly Field[]): boolean {
  return fieldValue(fields, "if-match") !== undefined ||
    fieldValue(fields, "if-unmodified-since") !== undefined;
}
