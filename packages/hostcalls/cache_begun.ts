/**
 * When a request began to compute what it keeps: where it looked for it and found nothing of use, then; else when it begins to
 * write. What is purged later takes what was begun before.
 *
 * What always holds: the epoch that is told is never later than that of the computation's beginning.
 */

import { cacheRequestLimits as limits } from "./limits.ts";

/** The keys of one request. */
export class CacheBegun {
  /** The purge epoch of the first look that found nothing, since it was found or written last. */
  readonly #epochs = new Map<string, number>();
  /** The oldest of those that are remembered no more; any key may be one of them. */
  #forgotten: number | undefined;

  /** It was looked for at this epoch, in vain. */
  missed(key: string, epoch: number): void {
    if (this.#epochs.has(key)) return;
    this.#epochs.set(key, this.#forgotten ?? epoch);
    if (this.#epochs.size <= limits.begunKeysMax) return;
    for (const [oldest, begun] of this.#epochs) {
      this.#forgotten = Math.min(begun, this.#forgotten ?? begun);
      this.#epochs.delete(oldest);
      return;
    }
  }

  /** It was found, or is written: what comes next begins anew. */
  over(key: string): void {
    this.#epochs.delete(key);
  }

  /** The request has purged it, and nobody else had since it was looked for. */
  purged(key: string, epoch: number): void {
    if (this.#epochs.has(key)) this.#epochs.set(key, epoch);
  }

  /** When a computation began whose result is written now. */
  epochOf(key: string, nowEpoch: number): number {
    return this.#epochs.get(key) ?? this.#forgotten ?? nowEpoch;
  }
}
