/** A clock for tests that stands still until it is moved. */

import type { Clock } from "@skerry/base";

/** A clock, and what moves it. */
export interface ManualClock {
  readonly clock: Clock;
  /** Moves it so far, and lets whatever waited for that come as far as it does. */
  pass(ms: number): Promise<void>;
}

/** A clock at 0. */
export function manualClock(): ManualClock {
  let nowMs = 0;
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();
  const ns = () => BigInt(nowMs) * 1_000_000n;
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
  return {
    clock: {
      wallNs: ns,
      monotonicNs: ns,
      resolutionNs: 1n,
      sleep(ms, signal) {
        if (signal.aborted) return Promise.resolve();
        return new Promise<void>((resolve) => {
          const sleeper = { untilMs: nowMs + ms, wake: resolve };
          sleepers.add(sleeper);
          signal.addEventListener("abort", () => {
            sleepers.delete(sleeper);
            resolve();
          });
        });
      },
    },
    async pass(ms) {
      await settle();
      nowMs += ms;
      for (const sleeper of sleepers) {
        if (sleeper.untilMs > nowMs) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      await settle();
    },
  };
}
