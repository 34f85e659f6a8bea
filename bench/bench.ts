/** What a benchmark is, and how its figures are shown. */

/** A benchmark: peers run beside ours in the same run, because absolute figures drift. */
export interface Bench {
  readonly name: string;
  /** What is measured, against which peers, in a sentence. */
  readonly about: string;
  /** @param isQuick whether less will do, of a benchmark that takes long */
  run(isQuick: boolean): Promise<BenchResult>;
}

/** What a benchmark found. Units stand last in a name. */
export interface BenchResult {
  /** For people: one row for each subject; rows without a column in common are of different tables. */
  readonly rows: readonly Record<string, string | number>[];
  /** For programs: ratios against the peers, and what they are made of. */
  readonly summary: Record<string, string | number | Record<string, string | number>>;
}

/** The middle of some figures. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A figure with three significant digits. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** How long `work` takes, in milliseconds. */
export async function elapsedMs(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
