/** Memory of a node for tests, and stores of its threads. */

import { formatMemory, type NodeMemory, openMemory } from "../regions/node_memory.ts";
import { planMemory } from "../regions/memory_plan.ts";
import { RegionStore, type RegionStoreOptions } from "../regions/region_store.ts";
import type { SetStore } from "../set_store.ts";

/** Memory in small blocks, so that little of it is much. */
export function newMemory(bytes: number, regions: number, blockBytes = 256): NodeMemory {
  const buffer = new SharedArrayBuffer(bytes);
  const plan = planMemory(bytes, regions, blockBytes);
  if (plan === undefined) throw new RangeError("too little memory");
  formatMemory(buffer, plan, { low: 0x01234567, high: 0x89abcdef });
  const memory = openMemory(buffer);
  if (memory === undefined) throw new Error("the memory is not as it was made");
  return memory;
}

/** The store of one of its threads. */
export function newRegionStore(
  memory: NodeMemory,
  region = 0,
  options: Partial<RegionStoreOptions> = {},
): RegionStore {
  return new RegionStore({
    memory,
    region,
    weightOf: () => 1,
    valueBytesMax: 2 ** 20,
    memoBytesMax: 20_000,
    ...options,
  });
}

/** A store that is another thread's at each call, as if requests came to one after another. */
export function takingTurns(stores: readonly RegionStore[]): SetStore {
  let turn = 0;
  const next = (): RegionStore => {
    turn += 1;
    const store = stores[turn % stores.length];
    if (store === undefined) throw new RangeError("there is no store");
    return store;
  };
  return {
    get: (tenant, key) => next().get(tenant, key),
    peek: (tenant, key) => next().peek(tenant, key),
    set: (tenant, key, set, bytes) => next().set(tenant, key, set, bytes),
    delete: (tenant, key) => next().delete(tenant, key),
  };
}
