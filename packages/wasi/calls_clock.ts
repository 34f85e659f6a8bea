/**
 * Clocks. CPU-time clocks are refused with EINVAL, which the witx asks of clocks that are not offered (wasmtime says
 * EBADF): how long a guest computes is not for it to measure.
 */

import { type Clock, fail } from "@skerry/base";
import { call } from "./call.ts";
import { clockIds } from "./layout.ts";

export const clockResGet = call(["i32", "i32"], ({ memory, state }, id, result) => {
  memory.check(result, 8);
  readClock(state.clock, id);
  memory.writeU64(result, state.clock.resolutionNs);
});

export const clockTimeGet = call(
  ["i32", "i64", "i32"],
  ({ memory, state }, id, _precision, result) => {
    memory.check(result, 8);
    const { clock } = state;
    if (id === clockIds.monotonic && clock.monotonicWholeNs !== undefined) {
      memory.writeWhole(result, clock.monotonicWholeNs());
    } else {
      memory.writeU64(result, readClock(clock, id));
    }
  },
);

/** What the clock with this `$clockid` shows, in nanoseconds (EINVAL). */
export function readClock(clock: Clock, id: number): bigint {
  switch (id) {
    case clockIds.realtime:
      return clock.wallNs();
    case clockIds.monotonic:
      return clock.monotonicNs();
    default:
      return fail("EINVAL");
  }
}
