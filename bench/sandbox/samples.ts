/** Times of one subject in several rounds. */

import { median, rounded } from "../bench.ts";

/** What is said of them. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

/** A round of fewer uses has no percentile of its own that is worth the name. */
const usesForPercentile = 100;

/**
 * Medians of the rounds' percentiles, because a round may fall on bad weather; of short rounds, the percentile of
 * all together. The worst is that of all.
 */
export function spreadOf(rounds: readonly (readonly number[])[]): Spread {
  const at = (share: number) => median(rounds.map((times) => percentileOf(times, share)));
  const all = rounds.flat();
  const short = rounds.some((times) => times.length < usesForPercentile);
  return {
    p50: rounded(at(0.5)),
    p99: rounded(short ? percentileOf(all, 0.99) : at(0.99)),
    worst: rounded(all.reduce((worst, time) => Math.max(worst, time), 0)),
  };
}

/** The least of some times that so large a share of them does not exceed. */
export function percentileOf(times: readonly number[], share: number): number {
  const sorted = [...times].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
