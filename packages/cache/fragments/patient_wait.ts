/** One who waits to be told where to go, for no longer than they can; whoever ends meanwhile is told so too. */

import type { Clock } from "@skerry/base";
import type { Direction } from "../collapse.ts";

/** What ends a wait: `late` after all of its time, `gone` where the one who waits has ended. */
export type Told = Direction | "late" | "gone";

/** What is looked after meanwhile. */
export interface Lookout {
  /** When to look next; of the clock's monotonic milliseconds. */
  readonly lookMs: () => number;
  readonly look: () => void;
}

/** A wait. The first thing that is told counts. */
export class PatientWait {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #told = Promise.withResolvers<Told>();
  readonly #over = new AbortController();

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  tell(told: Told): void {
    this.#over.abort();
    this.#told.resolve(told);
  }

  /** Waits, at most until then. */
  async end(lateMs: number, lookout: Lookout): Promise<Told> {
    const onGone = () => this.tell("gone");
    if (this.#signal.aborted) onGone();
    this.#signal.addEventListener("abort", onGone, { once: true });
    void this.#watch(lateMs, lookout);
    try {
      return await this.#told.promise;
    } finally {
      this.#signal.removeEventListener("abort", onGone);
    }
  }

  async #watch(lateMs: number, { lookMs, look }: Lookout): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      const nowMs = this.#nowMs();
      if (nowMs >= lateMs) return this.tell("late");
      await this.#clock.sleep(Math.max(1, Math.min(lateMs, lookMs()) - nowMs), signal);
      if (!signal.aborted) look();
    }
  }

  #nowMs(): number {
    return this.#clock.monotonicMs?.() ?? Number(this.#clock.monotonicNs()) / 1e6;
  }
}
