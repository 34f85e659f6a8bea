/**
 * Where each number of a service stands in its row. Rows are arrays of numbers, so that counting makes no object, what
 * changed is told as pairs of place and number, and adding is one loop, whatever is counted.
 */

import type { RequestEvent } from "@skerry/edge";
import { bucketCount } from "./histogram.ts";

/** All outcomes, by the numbers that {@link outcomeIndex} gives them. */
export const outcomes: readonly RequestEvent["outcome"][] = [
  "returned",
  "exited",
  "trapped",
  "exhausted",
  "killed",
  "hostFault",
  "rejected",
  "unrouted",
  "refused",
  "hung up",
  "index",
  "forwarded",
  "cached",
  "purged",
];

/** What the cache had to do with requests, by the numbers that {@link cachePlace} gives them. */
export const cacheResults: readonly CacheMark[] = [
  "hit",
  "stale",
  "revalidated",
  "collapsed",
  "miss",
  "pass",
  "failed",
  "refused",
  "gone",
  "refresh",
];

/** One of {@link cacheResults}. */
export type CacheMark = NonNullable<RequestEvent["cache"]>;

/** What programs use the cache for: what they ask of backends, and what they compute. */
export const guestCacheUses = ["subrequest", "fragment"] as const;

/** One of {@link guestCacheUses}. */
export type GuestCacheUse = typeof guestCacheUses[number];

/** Those whose bodies were not fetched for them. */
export const fromCache: ReadonlySet<CacheMark> = new Set([
  "hit",
  "stale",
  "revalidated",
  "collapsed",
]);

/** Classes of statuses: `1xx` to `5xx`. */
export const classCount = 5;

/** The name of a class. */
export function className(index: number): string {
  return `${index + 1}xx`;
}

const counted = outcomes.length * classCount;

/** Places of a row; its first are requests, by outcome and class. */
export const place = {
  errors: counted,
  requestBytes: counted + 1,
  responseBytes: counted + 2,
  cpuMs: counted + 3,
  fuel: counted + 4,
  hostCalls: counted + 5,
  guestLines: counted + 6,
  leaseMs: counted + 7,
  totalMs: counted + 8,
  leaseBuckets: counted + 9,
  totalBuckets: counted + 9 + bucketCount,
  cacheBytes: counted + 9 + 2 * bucketCount,
  cacheResults: counted + 10 + 2 * bucketCount,
  guestCache: counted + 10 + 2 * bucketCount + cacheResults.length,
} as const;

/** Numbers of a row. */
export const rowLength: number = place.guestCache + guestCacheUses.length * cacheResults.length;

/** The place of a request's count. */
export function requestPlace(outcome: RequestEvent["outcome"], status: number): number {
  const found = Math.trunc(status / 100) - 1;
  const index = found < 0 ? 0 : found < classCount ? found : classCount - 1;
  return outcomeIndex(outcome) * classCount + index;
}

/** The place of what the cache had to do with a request. */
export function cachePlace(result: CacheMark): number {
  return place.cacheResults + cacheResults.indexOf(result);
}

/** The place of what the cache had to do with one of a program's uses. */
export function guestCachePlace(use: GuestCacheUse, result: CacheMark): number {
  const before = guestCacheUses.indexOf(use) * cacheResults.length;
  return place.guestCache + before + cacheResults.indexOf(result);
}

/** A number for each outcome: comparing names that are constants takes less than looking one up. */
function outcomeIndex(outcome: RequestEvent["outcome"]): number {
  switch (outcome) {
    case "returned":
      return 0;
    case "exited":
      return 1;
    case "trapped":
      return 2;
    case "exhausted":
      return 3;
    case "killed":
      return 4;
    case "hostFault":
      return 5;
    case "rejected":
      return 6;
    case "unrouted":
      return 7;
    case "refused":
      return 8;
    case "hung up":
      return 9;
    case "index":
      return 10;
    case "forwarded":
      return 11;
    case "cached":
      return 12;
    case "purged":
      return 13;
  }
}
