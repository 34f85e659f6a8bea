/** By when something must have happened: one timer, whose end may move as often as one likes. */

import type { Clock } from "@skerry/base";
import type { BackendFailureKind } from "./failure.ts";

/** What a watch may find passed. */
export type TimeoutKind = Extract<BackendFailureKind, `${string} timeout`>;

/** Milliseconds of a clock, as numbers. */
export function nowMs(clock: Clock): number {
  return clock.monotonicMs?.() ?? Number(clock.monotonicNs()) / 1e6;
}

/** Watches one request. */
export class Watch {
  readonly #clock: Clock;
  readonly #onPassed: (kind: TimeoutKind) => void;
  readonly #totalAtMs: number;
  readonly #ending = new AbortController();
  #kind: TimeoutKind = "total timeout";
  #atMs = Infinity;
  /** Until when it sleeps. */
  #wakesAtMs = Infinity;
  #nap = new AbortController();

  constructor(clock: Clock, totalAtMs: number, onPassed: (kind: TimeoutKind) => void) {
    this.#clock = clock;
    this.#onPassed = onPassed;
    this.#totalAtMs = totalAtMs;
    void this.#run();
  }

  /** From now on there is so much time for this; `Infinity` for as much as the whole may take. */
  allow(kind: TimeoutKind, limitMs: number): void {
    this.#kind = kind;
    this.#atMs = nowMs(this.#clock) + limitMs;
    // A later end is seen when it wakes; an earlier one needs it to wake earlier.
    if (this.#atMs < this.#wakesAtMs) this.#nap.abort();
  }

  /** Watches no more. */
  end(): void {
    this.#ending.abort();
    this.#nap.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    for (;;) {
      // What is allowed in the same turn is known before the first nap.
      await undefined;
      if (signal.aborted) return;
      const now = nowMs(this.#clock);
      if (now >= this.#totalAtMs) return this.#onPassed("total timeout");
      if (now >= this.#atMs) return this.#onPassed(this.#kind);
      this.#wakesAtMs = Math.min(this.#atMs, this.#totalAtMs);
      this.#nap = new AbortController();
      await this.#clock.sleep(Math.max(1, this.#wakesAtMs - now), this.#nap.signal);
    }
  }
}
