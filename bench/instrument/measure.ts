/**
 * Variants of one program, timed in turns.
 *
 * The machine's speed drifts by more than what is measured here, so each round runs every variant once, in an
 * order that moves on by one; a variant's minimum and median come from the same weather as its peers'.
 */

import { median } from "../bench.ts";

/** One way to run a program. */
export interface Variant {
  readonly name: string;
  /** Work before a round that is not timed, such as making a new instance. */
  ready?(): void;
  /** One round of the program's work: its checksum. */
  round(): number;
}

/** What one variant took. */
export interface Timing {
  readonly name: string;
  readonly msMin: number;
  readonly msMedian: number;
}

/** What was measured, in the order of the variants. */
export interface Measurement {
  readonly checksum: number;
  readonly timings: readonly Timing[];
}

/**
 * A variant is warm when this much time and this many rounds have passed and the last rounds are no faster
 * than the best before them. V8 compiles a function again, on another thread, once it was busy for a while:
 * kernels are there after one round, a large application only after twenty or thirty.
 */
const warm = { ms: 250, rounds: 12, tailRounds: 8, slack: 0.02, roundsMax: 100, msMax: 5000 };

/**
 * Times each variant in so many rounds.
 *
 * @throws where two rounds give different checksums, of one variant or of two
 */
export function measure(variants: readonly Variant[], rounds: number): Measurement {
  const checksums = new Map<number, string>();
  const timed = (variant: Variant): number => {
    variant.ready?.();
    const started = performance.now();
    const checksum = variant.round();
    const ms = performance.now() - started;
    if (!checksums.has(checksum)) checksums.set(checksum, variant.name);
    if (checksums.size > 1) throw new Error(`checksums differ: ${describe(checksums)}`);
    return ms;
  };
  for (const variant of variants) warmUp(() => timed(variant));
  const times = new Map(variants.map((variant) => [variant, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (let index = 0; index < variants.length; index += 1) {
      const variant = variants[(index + round) % variants.length];
      if (variant !== undefined) times.get(variant)?.push(timed(variant));
    }
  }
  const [checksum = Number.NaN] = checksums.keys();
  const timings = [...times].map(([{ name }, ms]) => ({
    name,
    msMin: Math.min(...ms),
    msMedian: median(ms),
  }));
  return { checksum, timings };
}

/** Runs rounds until they become no faster, within bounds. */
function warmUp(timed: () => number): void {
  const times: number[] = [];
  for (let total = 0; times.length < warm.roundsMax && total < warm.msMax;) {
    const ms = timed();
    times.push(ms);
    total += ms;
    if (total >= warm.ms && times.length >= warm.rounds && isSteady(times)) return;
  }
}

/** Whether the last rounds improve on the earlier ones by no more than the slack. */
function isSteady(times: readonly number[]): boolean {
  const before = Math.min(...times.slice(0, -warm.tailRounds));
  return Math.min(...times.slice(-warm.tailRounds)) >= before * (1 - warm.slack);
}

function describe(checksums: ReadonlyMap<number, string>): string {
  return [...checksums].map(([checksum, name]) => `${name} gives ${checksum}`).join(", ");
}
