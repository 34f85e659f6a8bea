/** Lifetimes and ages (RFC 9111 §4.2), in milliseconds. */

import {
  deltaSecondsMax,
  type Field,
  fieldValues,
  type HeardDirectives,
  parseAge,
  parseHttpDate,
} from "@skerry/http";
import type { CacheSettings } from "./settings.ts";

/** When a request went forward, and when its response came: milliseconds since 1970. */
export interface Times {
  readonly requestMs: number;
  readonly responseMs: number;
}

/** How long a response is fresh, and what says so. */
export interface Lifetime {
  readonly ms: number;
  /** `none` where nothing does. */
  readonly source: "explicit" | "setting" | "heuristic" | "none";
}

/** RFC 9110 §15.1: statuses whose responses may be kept where nothing is said of it. */
const heuristicStatuses: ReadonlySet<number> = new Set([
  ...[200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501],
]);

/** Whether RFC 9111 §4.2.2 lets a cache guess how long a response of this status is fresh. */
export function isHeuristicallyCacheable(status: number): boolean {
  return heuristicStatuses.has(status);
}

/** The value of Date, or when the response came where it has none (RFC 9110 §6.6.1). */
export function dateOf(fields: readonly Field[], { responseMs }: Times): number {
  const [value = ""] = fieldValues(fields, "date");
  return parseHttpDate(value, responseMs) ?? wholeSeconds(responseMs);
}

/** RFC 9111 §4.2.1: the first that is there, of s-maxage, max-age, Expires, and what the settings or a guess add. */
export function lifetimeOf(
  status: number,
  fields: readonly Field[],
  { directives, source }: HeardDirectives,
  times: Times,
  settings: CacheSettings,
): Lifetime {
  const found = explicit(fields, { directives, source }, times) ??
    implied(status, fields, directives.public, times, settings);
  const ms = settings.lifetimeMsForced ?? found.ms;
  return { ms: Math.min(ms, settings.lifetimeMsMax), source: found.source };
}

/** RFC 9111 §4.2.3, `corrected_initial_age`: how old a response was when it came. */
export function initialAgeMs(fields: readonly Field[], times: Times): number {
  const { requestMs, responseMs } = times;
  // Dates have whole seconds: the part of one that has passed is no age.
  const apparentMs = Math.max(0, wholeSeconds(responseMs) - dateOf(fields, times));
  const ageMs = (parseAge(fieldValues(fields, "age")) ?? 0) * 1000;
  const delayMs = Math.max(0, responseMs - requestMs);
  return Math.max(apparentMs, ageMs + delayMs);
}

/** RFC 9111 §4.2.3, `current_age`. A clock that was set back makes nothing younger than it came. */
export function currentAgeMs(
  kept: { readonly initialAgeMs: number; readonly responseMs: number },
  nowMs: number,
): number {
  return kept.initialAgeMs + Math.max(0, nowMs - kept.responseMs);
}

/** The value of `Age` now (RFC 9111 §5.1). */
export function ageSecondsOf(
  kept: { readonly initialAgeMs: number; readonly responseMs: number },
  nowMs: number,
): number {
  return Math.min(Math.floor(currentAgeMs(kept, nowMs) / 1000), deltaSecondsMax);
}

function explicit(
  fields: readonly Field[],
  { directives, source }: HeardDirectives,
  times: Times,
): Lifetime | undefined {
  const seconds = directives.sharedMaxAge ?? directives.maxAge;
  if (seconds !== undefined) return { ms: seconds * 1000, source: "explicit" };
  // RFC 9213 §2.2: where a targeted field is heard, Expires is not.
  const [expires] = source === "cache-control" ? fieldValues(fields, "expires") : [];
  if (expires === undefined) return undefined;
  // RFC 9111 §5.3: an invalid date, "0" above all, is in the past.
  const expiresMs = parseHttpDate(expires, times.responseMs) ?? -Infinity;
  return { ms: Math.max(0, expiresMs - dateOf(fields, times)), source: "explicit" };
}

function implied(
  status: number,
  fields: readonly Field[],
  isPublic: boolean,
  times: Times,
  { heuristic, lifetimeMsByStatus }: CacheSettings,
): Lifetime {
  const setMs = lifetimeMsByStatus.get(status);
  if (setMs !== undefined) return { ms: setMs, source: "setting" };
  const [lastModified] = fieldValues(fields, "last-modified");
  const mayGuess = heuristic.fraction > 0 && (isHeuristicallyCacheable(status) || isPublic);
  if (!mayGuess || lastModified === undefined) return { ms: 0, source: "none" };
  const sinceMs = dateOf(fields, times) -
    (parseHttpDate(lastModified, times.responseMs) ?? Infinity);
  if (!(sinceMs > 0)) return { ms: 0, source: "none" };
  const ms = Math.min(Math.floor(sinceMs * heuristic.fraction), heuristic.msMax);
  return { ms, source: "heuristic" };
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
