/**
 * What artifacts ask their host, for all leases of a pool: one pair of functions that finds the lease by the
 * number which its instance was given. Making a pair for each lease would cost as much as the instance.
 */

import { fillHooks, type Hooks, makeHooks } from "@skerry/compiler";
import { suspendingImport } from "./engine.ts";

/** What a lease answers. */
export interface HookedLease {
  /** The next quantum of fuel, perhaps later; 0 ends the guest. */
  tick(): number | Promise<number>;
  /** 1 lets a memory or table grow, less than 0 ends the guest. */
  grow(): number;
}

/** Numbers are given again after so many. */
const idsMax = 2 ** 31;

/** The hooks of a pool's leases. */
export class LeaseHooks {
  readonly #leases = new Map<number, HookedLease>();
  #nextId = 1;
  #hooks: Hooks | undefined;

  /** Fills in the hooks of a lease's instance; answers its number, for {@link disconnect}. */
  connect(exports: WebAssembly.Exports, lease: HookedLease): number {
    this.#hooks ??= makeHooks({
      // A lease that is over has no number: its guest ends.
      tick: suspendingImport((id: number) => this.#leases.get(id)?.tick() ?? 0),
      grow: (id: number) => this.#leases.get(id)?.grow() ?? -1,
    });
    const id = this.#nextId;
    this.#nextId = (id + 1) % idsMax;
    this.#leases.set(id, lease);
    fillHooks(exports, this.#hooks, id);
    return id;
  }

  /** A lease is over. */
  disconnect(id: number): void {
    this.#leases.delete(id);
  }
}
