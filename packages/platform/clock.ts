/** The machine's clocks. */

import type { Clock } from "@skerry/base";
import { libc, timespec } from "./libc.ts";

/** `CLOCK_MONOTONIC` of clock_gettime(2). */
const clockMonotonic = 1;

/** Seconds of the machine's that ours begin after: for how long it has been running is no guest's business. */
let startS: number | undefined;

/** Asked several times for each request: the C library answers in a third of the time that `performance.now` takes. */
function monotonicNs(): number {
  const calls = libc();
  if (calls === undefined) return Math.round(performance.now() * 1e6);
  calls.clock_gettime(clockMonotonic, timespec.place);
  const { words } = timespec;
  const seconds = words[0] ?? 0;
  startS ??= seconds;
  return (seconds - startS) * 1e9 + (words[2] ?? 0);
}

/** Milliseconds since some moment. */
export function monotonicMs(): number {
  return monotonicNs() / 1e6;
}

/** Real time: the wall clock in steps of a millisecond, the monotonic one as fine as the engine gives it. */
export const systemClock: Clock = {
  wallNs: () => BigInt(Date.now()) * 1_000_000n,
  wallMs: () => Date.now(),
  monotonicNs: () => BigInt(monotonicNs()),
  monotonicMs,
  monotonicWholeNs: monotonicNs,
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
