/** The side memory holds a map for each memory with a barrier: whole, and apart from the others. */

import { resettablePagesMax } from "./constants.ts";
import type { Plan } from "./plan.ts";

/** What V8 allows a 64-bit memory. */
const widePagesMax = 2n ** 18n;

/** Checks where the maps lie, and the maximums that make them long enough. */
export function checkMaps(plan: Plan, say: (message: string) => void): void {
  const { side, memories } = plan.metadata;
  const { limits } = plan.spaces.memories[side ?? -1] ?? {};
  const sideBytes = (limits?.min ?? 0n) * 65536n;
  let neededBytes = 0n;
  const maps: { readonly start: bigint; readonly end: bigint }[] = [];
  memories.forEach(({ mode, map }, memory) => {
    if (mode !== "barrier") return;
    const { max } = plan.spaces.memories[memory]?.limits ?? {};
    if (max === undefined) return say(`memory ${memory} has a barrier but no maximum`);
    const end = BigInt(map) + max * 16n;
    if (end > sideBytes) say(`the map of memory ${memory} does not fit the side memory`);
    const narrow = plan.spaces.memories[memory]?.addressType === "i32";
    if (max > (narrow ? resettablePagesMax : widePagesMax)) {
      say(`memory ${memory} has a barrier and a maximum of ${max} pages`);
    }
    const pages = max === 0n ? 1n : (max * 16n + 65535n) / 65536n;
    neededBytes += pages * 65536n;
    maps.push({ start: BigInt(map), end });
  });
  // No more than the maps need: what is not the guest's memory is not counted as its memory.
  if (sideBytes !== neededBytes || (limits !== undefined && limits.max !== limits.min)) {
    say(`the side memory has ${sideBytes} bytes, and its maps need ${neededBytes}`);
  }
  maps.sort((left, right) => left.start < right.start ? -1 : left.start > right.start ? 1 : 0);
  maps.forEach(({ start }, index) => {
    const before = maps[index - 1];
    if (before !== undefined && before.end > start) say("two maps in the side memory overlap");
  });
}
