/**
 * Somebody who fills and purges as fast as they can, beside others in other threads or processes. The truth of each scope is a number in shared memory, as at
 * an origin: who purges makes it higher first; who fills reads its epoch first. So what was filled with a lower number than
 * was known to have been purged before must be told to be purged.
 */

import { PurgeTable } from "../purge_table.ts";
import { SharedWords } from "../shared_words.ts";

/** What they are told. */
export interface HammerOrder {
  readonly memory: ArrayBufferLike;
  /** For each scope two words of 64 bits: what the origin has, and what of that is known to be purged. */
  readonly facts: ArrayBufferLike;
  /** By which they choose, each in another way. */
  readonly seed: number;
  readonly rounds: number;
}

/** What they have found. */
export interface HammerNews {
  readonly wrong: readonly string[];
  readonly purged: number;
  readonly current: number;
}

/** Scopes in all, and fills that are remembered. */
const [scopeCount, fillsMax] = [32, 24];

/** Does so, for so many rounds. */
export function hammer({ memory, facts, seed, rounds }: HammerOrder): HammerNews {
  const table = new PurgeTable(new SharedWords(memory));
  const known = new SharedWords(facts);
  const fills: { readonly which: number; readonly epoch: number; readonly version: number }[] = [];
  const wrong: string[] = [];
  let [purged, current, state] = [0, 0, seed + 1];
  const next = (bound: number) => {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    return (state >>> 8) % bound;
  };
  for (let round = 0; round < rounds; round++) {
    const which = next(scopeCount);
    if (next(3) === 0) {
      const version = known.increase(2 * which);
      table.purge([textOf(which)], "hard", round);
      known.raise(2 * which + 1, version);
    } else if (fills.length < fillsMax) {
      const epoch = table.epoch;
      fills.push({ which, epoch, version: known.get(2 * which) });
    }
    const fill = fills[next(fillsMax)];
    if (fill === undefined) continue;
    const gone = known.get(2 * fill.which + 1);
    const { kind } = table.judge(fill.epoch, [textOf(fill.which)]);
    if (kind === "purged") {
      purged += 1;
      fills.splice(fills.indexOf(fill), 1);
      continue;
    }
    current += 1;
    if (fill.version < gone) wrong.push(`${fill.which}: ${fill.version} of ${gone}`);
  }
  return { wrong, purged, current };
}

function textOf(which: number): string {
  return `k\n${"abcd"[which % 4]}\ns\n${which}`;
}
