/**
 * How often a tenant may purge: a bucket for each that holds some calls and fills again. A call costs the node about as much as
 * a small request; what it purges costs nothing that counts (one call may purge a whole service).
 */

import { RecentMap } from "@skerry/base";

/** Calls that may come at once, and in each second. */
export const [purgeBurst, purgesPerSecond] = [2_000, 500] as const;

interface Bucket {
  readonly calls: number;
  readonly atMs: number;
}

/** Counts calls by tenant. */
export class PurgeRate {
  readonly #buckets = new RecentMap<string, Bucket>();
  readonly #tenantsMax: number;

  /** @param tenantsMax those who called the longest ago are forgotten beyond it */
  constructor(tenantsMax: number) {
    this.#tenantsMax = tenantsMax;
  }

  /** Takes one call. @returns how long to wait first, in milliseconds, where there are too many */
  take(tenant: string, nowMs: number): number | undefined {
    const known = this.#buckets.peek(tenant);
    const passedMs = Math.max(0, nowMs - (known?.atMs ?? nowMs));
    const filled = (known?.calls ?? purgeBurst) + passedMs / 1_000 * purgesPerSecond;
    const calls = Math.min(purgeBurst, filled);
    const isTooMany = calls < 1;
    this.#buckets.set(tenant, { calls: isTooMany ? calls : calls - 1, atMs: nowMs });
    const oldest = this.#buckets.oldestKey();
    if (this.#buckets.size > this.#tenantsMax && oldest !== undefined) this.#buckets.delete(oldest);
    return isTooMany ? (1 - calls) / purgesPerSecond * 1_000 : undefined;
  }
}
