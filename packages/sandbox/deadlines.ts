/**
 * Wall time of guests that wait: one timer for all of them. A timer for each would cost as much as the rest of
 * its lease.
 */

import type { Clock } from "@skerry/base";

/** Somebody who is told once that their time is up. */
export interface Due {
  /** Monotonic milliseconds. */
  readonly deadlineMs: number;
  timeIsUp(): void;
}

/**
 * The longest sleep, in milliseconds. So much later than its time may somebody be told who came while a sleep was
 * under way, and so much longer may a timer keep a process alive that has nothing to wait for any more.
 */
const stepMsMax = 20;

/** Deadlines on one clock. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #nowMs: () => number;
  readonly #waiting = new Set<Due>();
  #watching = false;

  constructor(clock: Clock, nowMs: () => number) {
    this.#clock = clock;
    this.#nowMs = nowMs;
  }

  /** Tells somebody when their time is up, unless {@link remove} comes before. */
  add(due: Due): void {
    this.#waiting.add(due);
    if (!this.#watching) void this.#watch();
  }

  /** They have gone before. */
  remove(due: Due): void {
    this.#waiting.delete(due);
  }

  async #watch(): Promise<void> {
    this.#watching = true;
    const never = new AbortController().signal;
    while (this.#waiting.size > 0) {
      const stepMs = Math.min(stepMsMax, this.#earliestMs() - this.#nowMs());
      await this.#clock.sleep(Math.max(0, stepMs), never);
      const nowMs = this.#nowMs();
      for (const due of [...this.#waiting]) {
        if (due.deadlineMs > nowMs) continue;
        this.#waiting.delete(due);
        due.timeIsUp();
      }
    }
    this.#watching = false;
  }

  #earliestMs(): number {
    let earliest = Infinity;
    for (const { deadlineMs } of this.#waiting) earliest = Math.min(earliest, deadlineMs);
    return earliest;
  }
}
