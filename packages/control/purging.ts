/** Purges of what the cache keeps: who may, how often, and of what. What is done with them is a port. */

import { PurgeRate } from "./purge_rate.ts";
import { Refusal } from "./refusal.ts";
import type { Store } from "./store.ts";
import type { Tokens } from "./tokens.ts";

/** Of what one call may name, so many of each. */
export const purgedAtOnceMax = 256;

/** What is to be purged of a service. */
export interface PurgeOrder {
  readonly tenant: string;
  readonly service: string;
  /** One resource each, in all its variants, whichever of http and https they name. */
  readonly urls: readonly string[];
  /** Whatever was answered with these surrogate keys. */
  readonly keys: readonly string[];
  /** Hosts, with their ports where they are not the scheme's own, of all services of the tenant. */
  readonly hosts: readonly string[];
  /** Whatever the service has answered. */
  readonly everything: boolean;
  /** After a soft purge it is stale, after a hard one gone. */
  readonly mode: "hard" | "soft";
}

/** What became of a purge: a bus tells it. */
export interface PurgeReceipt {
  readonly id: string;
  /** When each node had applied it, in milliseconds since 1970. */
  readonly nodes: Readonly<Record<string, number>>;
  /** Nodes that have not said so yet. */
  readonly pending: readonly string[];
}

/** Purges. */
export interface Purger {
  /** Resolves once nothing of it is served on the nodes that the receipt names. */
  purge(order: PurgeOrder): Promise<PurgeReceipt>;
}

/** Has purges done for those who may. */
export class Purging {
  readonly #store: Store;
  readonly #tokens: Tokens;
  readonly #purger: Purger;
  readonly #rate: PurgeRate;

  constructor(
    { store, tokens }: { readonly store: Store; readonly tokens: Tokens },
    purger: Purger,
  ) {
    this.#store = store;
    this.#tokens = tokens;
    this.#purger = purger;
    this.#rate = new PurgeRate(store.limits.tenantsMax);
  }

  /**
   * Purges, for somebody who may.
   *
   * @throws Refusal where there is no such service, or too many purges come
   */
  async purge(order: PurgeOrder): Promise<PurgeReceipt> {
    const { tenant, service } = order;
    this.#store.service(tenant, service);
    const retryAfterMs = this.#rate.take(tenant, this.#store.nowMs);
    if (retryAfterMs === undefined) return await this.#purger.purge(order);
    throw new Refusal("SKERRY_TOO_MANY", "the tenant purges too often", { retryAfterMs });
  }

  /**
   * Purges, for whoever shows a token that allows it.
   *
   * @param address from which it is shown
   * @throws Refusal
   */
  async purgeFor(token: string, address: string, order: PurgeOrder): Promise<PurgeReceipt> {
    const caller = await this.#tokens.recognise(token, address);
    const { isOperator, tenant, scopes } = caller;
    if (!isOperator && !(tenant === order.tenant && scopes.includes("purge"))) {
      throw new Refusal("SKERRY_SCOPE_MISSING", "the token does not allow to purge this");
    }
    return await this.purge(order);
  }
}
