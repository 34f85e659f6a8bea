/** The connections of one backend. */

import type { AddressPolicy } from "./address_policy.ts";
import { Addresses } from "./addresses.ts";
import type { Clock } from "@skerry/base";
import type { EgressLimits } from "./limits.ts";
import type { HttpPool, Network, OutgoingRequest } from "./network.ts";
import { formatOrigin } from "./origin.ts";
import type { BackendPlan } from "./settings.ts";

/** What connections are made with. */
export interface PoolParts {
  readonly plan: BackendPlan;
  readonly policy: AddressPolicy;
  readonly network: Network;
  readonly clock: Clock;
  readonly limits: EgressLimits;
}

/** One pool, and where HTTP/2 may be spoken another for what only HTTP/1.1 can do. */
export class Pools {
  readonly #parts: PoolParts;
  readonly #addresses: Addresses;
  readonly #usual: HttpPool;
  #http1: HttpPool | undefined;

  constructor(parts: PoolParts) {
    const { network, clock, plan, policy, limits } = parts;
    this.#parts = parts;
    this.#addresses = new Addresses(network, clock, plan.origin, policy, limits);
    this.#usual = this.#make(plan.http2);
  }

  /**
   * For a request that offers to change the protocol, or has a reader for trailers: in HTTP/2 the client that we use
   * loses what of a body is not read yet when they come.
   */
  for({ upgrade, wantsTrailers }: Pick<OutgoingRequest, "upgrade" | "wantsTrailers">): HttpPool {
    if (!this.#parts.plan.http2 || (upgrade === undefined && !wantsTrailers)) return this.#usual;
    return this.#http1 ??= this.#make(false);
  }

  close(): void {
    this.#usual.close();
    this.#http1?.close();
  }

  #make(http2: boolean): HttpPool {
    const { network, plan, limits } = this.#parts;
    const { origin, serverName, connectionsMax, connectMsMax } = plan;
    return network.pool({
      origin: formatOrigin(origin),
      port: origin.port,
      tls: origin.scheme === "https" ? { serverName } : undefined,
      ...{ http2, connectionsMax, connectMsMax },
      idleMsMax: limits.idleMsMax,
      headerBytesMax: limits.headerBytesMax,
      addresses: (signal) => this.#addresses.next(signal),
    });
  }
}
