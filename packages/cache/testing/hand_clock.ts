/** Time that passes when a test says so. */

import type { Clock } from "@skerry/base";

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is moved; it begins with 2026. */
export class HandClock implements Clock {
  readonly resolutionNs = 1n;
  ms = Date.UTC(2026, 0, 1);
  readonly #sleepers = new Set<Sleeper>();

  wallMs = () => this.ms;
  wallNs = () => BigInt(this.ms) * 1_000_000n;
  monotonicNs = () => this.wallNs();

  /** How many wait for it. */
  get sleepers(): number {
    return this.#sleepers.size;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { untilMs: this.ms + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        resolve();
      }, { once: true });
    });
  }

  /** Time passes, and wakes whoever has slept long enough. */
  pass(ms: number): void {
    this.ms += ms;
    for (const sleeper of [...this.#sleepers]) {
      if (sleeper.untilMs > this.ms) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

/** Lets promises that are settled be heard, and what follows from them. */
export async function settled(): Promise<void> {
  for (let microtask = 0; microtask < 60; microtask += 1) await Promise.resolve();
}
