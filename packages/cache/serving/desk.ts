/** What all visits to a cache share. */

import type { Clock } from "@skerry/base";
import type { Asker } from "../collapse.ts";
import type { Action, Asked } from "../exchange.ts";
import type { HttpCache } from "../http_cache.ts";
import { TenantBudgets } from "./fill_budget.ts";
import type { Flights } from "./flights.ts";
import { nowMsOf } from "./now_ms.ts";
import { type RelayLimits, relayLimits } from "./relay.ts";

/** Bounds of what is done on behalf of a cache. */
export interface ServingLimits {
  /** How long what nobody waits for may take: a refresh, or what is left of a body whose readers have gone. */
  readonly unattendedMsMax: number;
  /** Refreshes under way at once, of all tenants and of one. */
  readonly refreshesMax: number;
  readonly tenantRefreshesMax: number;
  readonly relay: RelayLimits;
  /** Memory of all bodies that are under way to be kept; one tenant's have half of it at most. */
  readonly fillBytesMax: number;
}

/** For those who have no bounds of their own. */
export const servingLimits: ServingLimits = {
  unattendedMsMax: 60_000,
  refreshesMax: 1_000,
  tenantRefreshesMax: 250,
  relay: relayLimits,
  fillBytesMax: 256 * 1024 * 1024,
};

/** See the head of this file. */
export class Desk {
  readonly cache: HttpCache;
  readonly clock: Clock;
  readonly flights: Flights;
  readonly limits: ServingLimits;
  /** Told of a mistake of ours that no client waits for. */
  readonly onFault: (error: unknown) => void;
  readonly fillBudgets: TenantBudgets;
  #askers: Asker = 0;

  constructor(
    cache: HttpCache,
    clock: Clock,
    flights: Flights,
    limits: ServingLimits,
    onFault: (error: unknown) => void,
  ) {
    this.onFault = onFault;
    this.cache = cache;
    this.clock = clock;
    this.flights = flights;
    this.limits = limits;
    this.fillBudgets = new TenantBudgets(limits.fillBytesMax);
  }

  /** A number that nobody else has. */
  nextAsker(): Asker {
    return this.#askers += 1;
  }

  /** What is done with a request now. */
  ask(asked: Asked): Action {
    return this.cache.ask(asked, this.nowMs);
  }

  get nowMs(): number {
    return nowMsOf(this.clock);
  }
}
