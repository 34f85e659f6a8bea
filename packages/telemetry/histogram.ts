/**
 * Times in buckets that double, from 1/32 ms to 33 s, the longest that a request may take by default: 22 numbers tell
 * of any service what its quantiles are, and those of several threads are added.
 */

/** Buckets, the last of which has no bound. */
export const bucketCount = 22;

/** The upper bounds of all buckets but the last, in milliseconds; a time that equals one is within it. */
export const boundsMs: readonly number[] = Array.from(
  { length: bucketCount - 1 },
  (_, index) => 2 ** index / 32,
);

/** The bucket of a time. Without a search: it is asked twice for each request. */
export function bucketOf(ms: number): number {
  // Beyond 2^31 `clz32` would see a small number; NaN falls into the first bucket.
  if (ms > 2 ** 20) return bucketCount - 1;
  const units = Math.ceil(ms * 32);
  return units <= 1 ? 0 : Math.min(32 - Math.clz32(units - 1), bucketCount - 1);
}

/**
 * What share of the times lies below, by linear interpolation within a bucket, as Prometheus' `histogram_quantile`
 * does; the last bound where it lies beyond that.
 *
 * @param counts of each bucket by itself
 * @param share from 0 to 1
 * @returns milliseconds, or undefined where nothing was counted
 */
export function quantileMs(counts: readonly number[], share: number): number | undefined {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (!(all > 0)) return undefined;
  let left = share * all;
  for (const [index, bound] of boundsMs.entries()) {
    const count = counts[index] ?? 0;
    if (count > 0 && left <= count) {
      const below = boundsMs[index - 1] ?? 0;
      return below + (bound - below) * (left / count);
    }
    left -= count;
  }
  return boundsMs.at(-1);
}
