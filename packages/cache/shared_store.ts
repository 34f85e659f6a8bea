/**
 * A store in memory, bounded in bytes, of which each tenant has a share.
 *
 * What always holds: no more than the bound is kept; and who is within their own share loses nothing to others.
 */

import type { EvictionPolicy } from "./eviction_policy.ts";

/** What is bounded, and what others are told. */
export interface SharedStoreOptions<Value> {
  readonly bytesMax: number;
  /** No value is larger: one must not push out all others. */
  readonly valueBytesMax: number;
  /** How much a tenant counts beside others: its share is its weight's part of the weights of all who have anything. */
  readonly weightOf: (tenant: string) => number;
  readonly newPolicy: () => EvictionPolicy<Value>;
  /** Called with what had to go: a slower store may take it. */
  readonly evicted?: (tenant: string, key: string, value: Value) => void;
}

interface Share<Value> {
  readonly tenant: string;
  readonly weight: number;
  readonly policy: EvictionPolicy<Value>;
}

/** Values by tenant and key. */
export class SharedStore<Value> {
  readonly #options: SharedStoreOptions<Value>;
  readonly #shares = new Map<string, Share<Value>>();
  #bytes = 0;
  #evictions = 0;

  constructor(options: SharedStoreOptions<Value>) {
    this.#options = options;
  }

  /** Of all tenants together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many values had to go so far. */
  get evictions(): number {
    return this.#evictions;
  }

  /** What a tenant has. */
  usage(tenant: string): { readonly bytes: number; readonly values: number } {
    const policy = this.#shares.get(tenant)?.policy;
    return { bytes: policy?.bytes ?? 0, values: policy?.size ?? 0 };
  }

  /** A value, which counts as used. */
  get(tenant: string, key: string): Value | undefined {
    return this.#shares.get(tenant)?.policy.get(key);
  }

  /** A value, which does not count as used by this. */
  peek(tenant: string, key: string): Value | undefined {
    return this.#shares.get(tenant)?.policy.peek(key);
  }

  /** Keeps a value in place of another; `refused` where it is too large, and then there is none. */
  set(tenant: string, key: string, value: Value, bytes: number): "kept" | "refused" {
    const { bytesMax, valueBytesMax } = this.#options;
    if (bytes > Math.min(valueBytesMax, bytesMax)) {
      this.delete(tenant, key);
      return "refused";
    }
    const { policy } = this.#shareOf(tenant);
    const before = policy.bytes;
    policy.set(key, value, bytes);
    this.#bytes += policy.bytes - before;
    while (this.#bytes > bytesMax && this.#evictOne()) { /* until it fits */ }
    return policy.peek(key) === value ? "kept" : "refused";
  }

  delete(tenant: string, key: string): boolean {
    const share = this.#shares.get(tenant);
    if (share === undefined) return false;
    const before = share.policy.bytes;
    const isDeleted = share.policy.delete(key);
    this.#bytes += share.policy.bytes - before;
    if (share.policy.size === 0) this.#shares.delete(tenant);
    return isDeleted;
  }

  #shareOf(tenant: string): Share<Value> {
    const found = this.#shares.get(tenant);
    if (found !== undefined) return found;
    const { newPolicy, weightOf } = this.#options;
    const share = { tenant, weight: Math.max(weightOf(tenant), 1e-9), policy: newPolicy() };
    this.#shares.set(tenant, share);
    return share;
  }

  /** Who has most for its weight is above its share, whenever there is no room. */
  #evictOne(): boolean {
    let most: Share<Value> | undefined;
    for (const share of this.#shares.values()) {
      if (
        most === undefined || share.policy.bytes * most.weight > most.policy.bytes * share.weight
      ) {
        most = share;
      }
    }
    const gone = most?.policy.evict();
    if (most === undefined || gone === undefined) return false;
    this.#bytes -= gone.bytes;
    this.#evictions += 1;
    if (most.policy.size === 0) this.#shares.delete(most.tenant);
    this.#options.evicted?.(most.tenant, gone.key, gone.value);
    return true;
  }
}
