/** Time and turns that pass when a test says so. */

import type { Clock } from "@skerry/base";

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is moved. */
export class HandClock implements Clock {
  readonly resolutionNs = 1n;
  ms = 0;
  readonly #sleepers = new Set<Sleeper>();

  wallNs = () => this.monotonicNs();
  monotonicNs = () => BigInt(Math.round(this.ms * 1e6));

  sleep(ms: number, signal: AbortSignal): Promise<void> {
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
    for (const sleeper of this.#sleepers) {
      if (sleeper.untilMs > this.ms) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

/** Turns of an event loop. */
export class HandTurns {
  readonly #callbacks: (() => void)[] = [];

  readonly turn = (callback: () => void): void => void this.#callbacks.push(callback);

  /** Turns that have been asked for. */
  get planned(): number {
    return this.#callbacks.length;
  }

  /** The next of them, with what follows from it; false where there is none. */
  async next(): Promise<boolean> {
    // A turn of a real event loop comes when nothing is left to do in the one before.
    await settled();
    const callback = this.#callbacks.shift();
    callback?.();
    await settled();
    return callback !== undefined;
  }

  /** All of them, and those that they ask for. */
  async all(turnsMax = 1000): Promise<void> {
    for (let turn = 0; turn < turnsMax; turn += 1) if (!await this.next()) return;
    throw new Error(`there are still turns after ${turnsMax}`);
  }
}

/** Lets promises that are settled be heard, and what follows from them; guests take some microtasks to go on. */
export async function settled(): Promise<void> {
  for (let microtask = 0; microtask < 50; microtask += 1) await Promise.resolve();
}
