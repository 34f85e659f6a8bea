/** How often fragments were found, as far as this thread knows: for as many keys as are remembered. */

import { RecentMap } from "@skerry/base";
import type { StoredResponse } from "../stored_response.ts";

interface Counted {
  /** Which of those under the key it was. */
  readonly responseMs: number;
  readonly variant: string;
  readonly hits: number;
}

/** Counts by key, of the fragment that was found there last. */
export class HitCounts {
  readonly #keysMax: number;
  readonly #counts = new RecentMap<string, Counted>();

  constructor(keysMax: number) {
    this.#keysMax = keysMax;
  }

  /** One more; how many there were before it. */
  count(key: string, { responseMs, variant }: StoredResponse): number {
    const found = this.#counts.peek(key);
    const isSame = found?.responseMs === responseMs && found.variant === variant;
    const hits = isSame ? found.hits : 0;
    // What was found last is forgotten last.
    this.#counts.set(key, { responseMs, variant, hits: hits + 1 });
    const oldest = this.#counts.oldestKey();
    if (this.#counts.size > this.#keysMax && oldest !== undefined) this.#counts.delete(oldest);
    return hits;
  }
}
