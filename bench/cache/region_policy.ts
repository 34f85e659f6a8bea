/** The cache's shared memory as a policy, to be measured beside others: a region of one thread, with bodies of real bytes. */

import {
  bodyOf,
  type EvictionPolicy,
  formatMemory,
  type KeptSet,
  openMemory,
  planMemory,
  RegionStore,
  type StoredResponse,
} from "@skerry/cache";

/** Bodies and memory are made smaller by this, so that a trace does not take minutes to copy. */
const scale = 8;
const blockBytes = 4 * 1024;

const stored: StoredResponse = {
  status: 200,
  fields: [],
  served: [],
  vary: [],
  variant: "",
  validators: { etag: undefined, lastModifiedMs: undefined, dateMs: 0 },
  extent: { kind: "whole" },
  responseMs: 0,
  initialAgeMs: 0,
  lifetimeMs: 0,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  disconnectedMs: 0,
  mayBeStale: false,
  isValidatedAlways: false,
  isImmutable: false,
  surrogateKeys: [],
  epoch: 0,
  keptUntilMs: 0,
};

/** It lets go of what it must by itself. Heads and index are within its bytes, which other policies do not count. */
export class RegionPolicy implements EvictionPolicy<number> {
  readonly #store: RegionStore;
  readonly bytes = 0;
  readonly size = 0;

  constructor(bytesMax: number) {
    const bytes = Math.ceil(bytesMax / scale);
    const plan = planMemory(bytes, 1, blockBytes);
    if (plan === undefined) throw new RangeError("too little for a region");
    const buffer = new SharedArrayBuffer(bytes);
    formatMemory(buffer, plan, { low: 1, high: 2 });
    const memory = openMemory(buffer);
    if (memory === undefined) throw new Error("the memory is not as it was made");
    this.#store = new RegionStore({
      ...{ memory, region: 0, weightOf: () => 1, valueBytesMax: bytes, memoBytesMax: 0 },
    });
  }

  get(key: string): number | undefined {
    return this.#store.get("t", key)?.hitForMissUntilMs;
  }

  peek(key: string): number | undefined {
    return this.#store.peek("t", key)?.hitForMissUntilMs;
  }

  set(key: string, value: number, bytes: number): void {
    const body = bodyOf(new Uint8Array(Math.ceil(bytes / scale)));
    const set: KeptSet = { variants: [{ stored, body }], hitForMissUntilMs: value };
    this.#store.set("t", key, set, bytes);
  }

  delete(key: string): boolean {
    return this.#store.delete("t", key);
  }

  evict(): undefined {
    return undefined;
  }
}
