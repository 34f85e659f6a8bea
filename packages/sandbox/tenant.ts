/** On whose behalf guests run: what they share a thread and a pool by. */

import type { Account } from "./account.ts";

/** What a tenant is given. */
export interface TenantOptions {
  readonly name: string;
  /** Its share of the thread's time and of the pool's places, against the other tenants' weights; above 0. */
  readonly weight?: number;
  /** Its sandboxes that may be out at once, on this thread. */
  readonly sandboxesMax?: number;
  /** Memory of all its guests together, in pages of 64 KiB; the account may be shared by threads. */
  readonly memory?: Account;
}

/** A tenant on one thread. */
export class Tenant {
  readonly name: string;
  readonly weight: number;
  readonly sandboxesMax: number;
  readonly memory: Account | undefined;
  /** Its sandboxes that are out; the pool's to change. */
  out = 0;
  /** CPU time that it has used, divided by its weight, in milliseconds; the scheduler's to change. */
  virtualMs = 0;

  /** @throws RangeError where the weight is no positive number */
  constructor({ name, weight = 1, sandboxesMax = Infinity, memory }: TenantOptions) {
    if (!(weight > 0 && weight < Infinity)) {
      throw new RangeError(`a tenant's weight is a positive number, not ${weight}`);
    }
    this.name = name;
    this.weight = weight;
    this.sandboxesMax = sandboxesMax;
    this.memory = memory;
  }
}
