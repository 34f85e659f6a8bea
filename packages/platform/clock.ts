/** The machine's clocks. */

import type { Clock } from "@skerry/base";

/** Real time: the wall clock in steps of a millisecond, the monotonic one as fine as the engine gives it. */
export const systemClock: Clock = {
  wallNs: () => BigInt(Date.now()) * 1_000_000n,
  wallMs: () => Date.now(),
  monotonicNs: () => BigInt(Math.round(performance.now() * 1e6)),
  monotonicMs: () => performance.now(),
  resolutionNs: 1_000_000n,
  sleep(ms, signal) {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      // A longer delay than 2^31-1 ms would fire at once (HTML, timers).
      const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1));
      signal.addEventListener("abort", done, { once: true });
    });
  },
};
