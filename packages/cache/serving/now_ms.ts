/** The time of day that what is kept is judged by. */

import type { Clock } from "@skerry/base";

/** Milliseconds since 1970. */
export function nowMsOf(clock: Clock): number {
  return clock.wallMs?.() ?? Number(clock.wallNs() / 1_000_000n);
}
