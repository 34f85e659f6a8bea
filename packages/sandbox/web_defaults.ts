/**
 * The web's own clock and turns, for an embedder that brings none. The one place of this room that touches the
 * host, by standard interfaces alone (HTML: timers, MessageChannel; High Resolution Time).
 */

// deno-lint-ignore-file skerry/host-access

import type { Clock } from "@skerry/base";

/** Real time. */
export const webClock: Clock = {
  wallNs: () => BigInt(Date.now()) * 1_000_000n,
  monotonicNs: () => BigInt(Math.round(performance.now() * 1e6)),
  monotonicMs: () => performance.now(),
  resolutionNs: 1_000_000n,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      // A longer delay than 2^31-1 ms would fire at once (HTML, timers).
      const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1));
      signal.addEventListener("abort", done, { once: true });
    }),
};

/** Milliseconds of a clock, with fractions. */
export function millisecondsOf(clock: Clock): () => number {
  return clock.monotonicMs?.bind(clock) ?? (() => Number(clock.monotonicNs()) / 1e6);
}

/** Where there is no `setImmediate`: timers are held back by browsers (4 ms when nested), messages are not. */
function messageTurn(): (callback: () => void) => void {
  const waiting: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waiting.shift()?.();
  return (callback) => {
    waiting.push(callback);
    port2.postMessage(undefined);
  };
}

/** Of Deno and Node; a port that listens would keep their processes alive. */
const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => void };

/** Calls back in another turn of the event loop. */
export const webTurn: (callback: () => void) => void = setImmediate === undefined
  ? messageTurn()
  : (callback) => setImmediate(callback);
