/** WASI for an instance without a sandbox, in a world that stands still, so that every run is the same. */

import type { Clock, RandomSource } from "@skerry/base";
import type { Outcome } from "@skerry/sandbox";
import {
  type BareBinding,
  bareWasiNow,
  createWasiContext,
  type WasiContextOptions,
} from "@skerry/wasi";

/** A clock that stands still. */
export const stillClock: Clock = {
  resolutionNs: 1000n,
  wallNs: () => 1_700_000_000_000_000_000n,
  monotonicNs: () => 0n,
  sleep: () => Promise.resolve(),
};

/** Chance that has no surprises. */
export const zeroRandom: RandomSource = { fill: (bytes) => void bytes.fill(0) };

/** Binds WASI to a context with these arguments, streams and directories. */
export function stillWasi(options: Partial<WasiContextOptions> = {}): BareBinding<Outcome> {
  return bareWasiNow(createWasiContext({ clock: stillClock, random: zeroRandom, ...options }));
}
