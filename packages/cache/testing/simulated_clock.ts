/** A clock that a test moves: who sleeps wakes when it has come so far. */

import type { Clock } from "@skerry/base";

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

export class SimulatedClock implements Clock {
  readonly resolutionNs = 1n;
  ms = 1_000_000;
  #sleepers: Sleeper[] = [];

  wallNs = () => this.monotonicNs();
  monotonicNs = () => BigInt(this.ms) * 1_000_000n;

  /** How many sleep. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { untilMs: this.ms + Math.ceil(ms), wake: resolve };
      this.#sleepers.push(sleeper);
      signal.addEventListener("abort", () => this.#wake(sleeper), { once: true });
    });
  }

  /** Lets time pass, to each sleeper's end one after the other. */
  async pass(ms: number): Promise<void> {
    const endMs = this.ms + ms;
    for (;;) {
      const [next] = this.#sleepers.toSorted((one, other) => one.untilMs - other.untilMs);
      if (next === undefined || next.untilMs > endMs) break;
      this.ms = Math.max(this.ms, next.untilMs);
      this.#wake(next);
      await settled();
    }
    this.ms = endMs;
    await settled();
  }

  #wake(sleeper: Sleeper): void {
    this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
    sleeper.wake();
  }
}

/** Lets everything that was begun go on as far as it can without time passing. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await undefined;
}
