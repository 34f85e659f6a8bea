/** Who waits for a sandbox: tenants take turns by how many they have for their weight, each in order of arrival. */

import type { Tenant } from "./tenant.ts";

/** Somebody who waits for a place. */
export interface Waiter {
  readonly tenant: Tenant;
  /** Tells them that the place is theirs. */
  readonly grant: () => void;
}

/** A line for a pool's places. */
export class Line {
  readonly #waiting = new Map<Tenant, Set<Waiter>>();
  #length = 0;

  /** Callers that wait. */
  get length(): number {
    return this.#length;
  }

  /** Waits for a place. */
  wait(tenant: Tenant, signal: AbortSignal | undefined): Promise<"place" | "abandoned"> {
    return new Promise((resolve) => {
      const waiter: Waiter = {
        tenant,
        grant: () => {
          signal?.removeEventListener("abort", abandon);
          resolve("place");
        },
      };
      const abandon = () => {
        this.#remove(tenant, waiter);
        resolve("abandoned");
      };
      const waiters = this.#waiting.get(tenant) ?? new Set();
      this.#waiting.set(tenant, waiters.add(waiter));
      this.#length += 1;
      signal?.addEventListener("abort", abandon, { once: true });
    });
  }

  /** Takes the next one out of the line, of those tenants that may have a place. */
  next(mayHave: (tenant: Tenant) => boolean): Waiter | undefined {
    let least: Tenant | undefined;
    for (const tenant of this.#waiting.keys()) {
      if (!mayHave(tenant)) continue;
      if (least === undefined || tenant.out / tenant.weight < least.out / least.weight) {
        least = tenant;
      }
    }
    if (least === undefined) return undefined;
    const [first] = this.#waiting.get(least) ?? [];
    if (first !== undefined) this.#remove(least, first);
    return first;
  }

  #remove(tenant: Tenant, waiter: Waiter): void {
    const waiters = this.#waiting.get(tenant);
    if (waiters?.delete(waiter) !== true) return;
    this.#length -= 1;
    if (waiters.size === 0) this.#waiting.delete(tenant);
  }
}
