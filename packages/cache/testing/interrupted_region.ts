/** A region in whose use others come between: for tests of what happens then. */

import type { NodeMemory } from "../regions/node_memory.ts";
import type { Region } from "../regions/region.ts";

/** Where others can come between. */
const steps = ["find", "freeSlot", "stamp", "place", "uses", "publish", "move", "unlink"] as const;

/** Has `act` be called before each step in the use of these regions. */
export function interrupted(memory: NodeMemory, act: () => void): NodeMemory {
  for (const region of memory.regions) {
    for (const step of steps) interruptStep(region, step, act);
    // Between two pieces of a record.
    const { bytes } = region;
    Object.defineProperty(region, "bytes", {
      get: () => {
        act();
        return bytes;
      },
    });
  }
  return memory;
}

function interruptStep(region: Region, step: (typeof steps)[number], act: () => void): void {
  const original: unknown = Reflect.get(region, step);
  if (typeof original !== "function") throw new Error(`a region has no step ${step}`);
  Reflect.set(region, step, (...args: unknown[]): unknown => {
    act();
    return Reflect.apply(original, region, args);
  });
}
