/** What services do, from two snapshots of a node. */

import { quantileMs } from "../histogram.ts";
import { type CacheMark, fromCache } from "../layout.ts";
import type { ServiceSnapshot, TelemetrySnapshot } from "../snapshot.ts";

/** A service between two snapshots. Rates are per second. */
export interface ServiceRates {
  readonly name: string;
  readonly requests: number;
  readonly errors: number;
  /** Processors that its guests kept busy. */
  readonly processors: number;
  /** Undefined where there was no request. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly memoryBytes: number;
  readonly sentBytes: number;
  /** The share of the requests that passed the cache whose body was not fetched for them; undefined where none did. */
  readonly hitRatio: number | undefined;
}

/** What services are ordered by. */
export const topOrders = ["rate", "errors", "cpu", "p99", "memory", "name"] as const;

/** One of {@link topOrders}. */
export type TopOrder = (typeof topOrders)[number];

/**
 * How far two snapshots are apart, in seconds; without an earlier one, how long the node has run. Undefined where that
 * is not known, or none.
 */
export function secondsBetween(
  before: TelemetrySnapshot | undefined,
  now: TelemetrySnapshot,
): number | undefined {
  const startMs = before?.timeMs ?? now.supervisor?.startTimeMs;
  const seconds = startMs === undefined ? 0 : (now.timeMs - startMs) / 1000;
  return seconds > 0 ? seconds : undefined;
}

/** All services with what they did, the greatest first by an order and by their names where they are equal in that. */
export function serviceRates(
  before: TelemetrySnapshot | undefined,
  now: TelemetrySnapshot,
  order: TopOrder,
): ServiceRates[] {
  // Without a time these are counts, which order services as rates would.
  const seconds = secondsBetween(before, now) ?? 1;
  const earlier = new Map(before?.services.map((service) => [service.name, service]));
  return now.services
    .map((service) => ratesOf(earlier.get(service.name), service, seconds))
    .sort((left, right) =>
      weight(right, order) - weight(left, order) || (left.name < right.name ? -1 : 1)
    );
}

/** All requests of a service. */
export function requestsOf({ requests }: ServiceSnapshot): number {
  return requests.reduce((sum, { count }) => sum + count, 0);
}

function ratesOf(
  earlier: ServiceSnapshot | undefined,
  now: ServiceSnapshot,
  seconds: number,
): ServiceRates {
  // A node that was started again counts from 0.
  const before = earlier !== undefined && requestsOf(earlier) <= requestsOf(now)
    ? earlier
    : undefined;
  const rate = (value: (service: ServiceSnapshot) => number) =>
    Math.max(0, value(now) - (before === undefined ? 0 : value(before))) / seconds;
  const times = now.total.counts.map((count, index) =>
    Math.max(0, count - (before?.total.counts[index] ?? 0))
  );
  return {
    name: now.name,
    requests: rate(requestsOf),
    errors: rate(({ errors }) => errors),
    processors: rate(({ cpuMs }) => cpuMs) / 1000,
    p50Ms: quantileMs(times, 0.5),
    p99Ms: quantileMs(times, 0.99),
    memoryBytes: now.memoryPeakBytes,
    sentBytes: rate(({ responseBytes }) => responseBytes),
    hitRatio: hitRatio(
      now.cache.map(({ result, count }) => [result, count - countOf(before, result)]),
    ),
  };
}

function countOf(service: ServiceSnapshot | undefined, wanted: CacheMark): number {
  return service?.cache.find(({ result }) => result === wanted)?.count ?? 0;
}

/** The share of requests that what is kept, or another's fetch, had the body for; undefined where there were none. */
export function hitRatio(
  counts: readonly (readonly [result: CacheMark, count: number])[],
): number | undefined {
  let [all, hits] = [0, 0];
  for (const [result, count] of counts) {
    if (result === "refresh" || result === "gone") continue;
    all += count;
    if (fromCache.has(result)) hits += count;
  }
  return all > 0 ? hits / all : undefined;
}

function weight(rates: ServiceRates, order: TopOrder): number {
  switch (order) {
    case "rate":
      return rates.requests;
    case "errors":
      return rates.errors;
    case "cpu":
      return rates.processors;
    case "p99":
      return rates.p99Ms ?? -1;
    case "memory":
      return rates.memoryBytes;
    case "name":
      return 0;
  }
}
