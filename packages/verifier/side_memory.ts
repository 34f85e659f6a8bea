/** The side memory holds a map for each memory with a barrier: whole, and apart from the others. */

import { resettablePagesMax } from "./constants.ts";
import type { Plan } from "./plan.ts";

/** Checks where the maps lie, and the maximums that make them long enough. */
export function checkMaps(plan: Plan, say: (message: string) => void): void {
  const { side, memories } = plan.metadata;
  const sideBytes = (plan.spaces.memories[side ?? -1]?.limits.min ?? 0n) * 65536n;
  const maps: { readonly start: bigint; readonly end: bigint }[] = [];
  memories.forEach(({ mode, map }, memory) => {
    if (mode !== "barrier") return;
    const { max } = plan.spaces.memories[memory]?.limits ?? {};
    if (max === undefined) return say(`memory ${memory} has a barrier but no maximum`);
    const end = BigInt(map) + max * 16n;
    if (end > sideBytes) say(`the map of memory ${memory} does not fit the side memory`);
    const narrow = plan.spaces.memories[memory]?.addressType === "i32";
    if (narrow && max > resettablePagesMax) {
      say(`memory ${memory} has a barrier and a maximum of ${max} pages`);
    }
    maps.push({ start: BigInt(map), end });
  });
  maps.sort((left, right) => left.start < right.start ? -1 : left.start > right.start ? 1 : 0);
  maps.forEach(({ start }, index) => {
    const before = maps[index - 1];
    if (before !== undefined && before.end > start) say("two maps in the side memory overlap");
  });
}
