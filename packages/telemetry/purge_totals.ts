/** Purges of one service: how many of each kind, and how long they took. */

import { bucketCount, bucketOf } from "./histogram.ts";
import type { PurgeSnapshot } from "./snapshot.ts";

/** Adds. */
export class PurgeTotals {
  readonly #counts = new Float64Array(bucketCount);
  #hard = 0;
  #soft = 0;
  #sumMs = 0;

  add(mode: "hard" | "soft", ms: number): void {
    if (mode === "hard") this.#hard += 1;
    else this.#soft += 1;
    this.#sumMs += ms;
    const bucket = bucketOf(ms);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  snapshot(): PurgeSnapshot {
    const times = { sumMs: this.#sumMs, counts: [...this.#counts] };
    return { hard: this.#hard, soft: this.#soft, times };
  }
}
