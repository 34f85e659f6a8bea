/**
 * Where a backend's next connection may lead.
 *
 * What always holds: every address that is handed out was checked, just now, as the bits that it is; and where one
 * answer of a resolver holds any that is refused, all of it is, because whoever mixes them means the other.
 */

import { type Clock, err, ok, type Result } from "@skerry/base";
import { formatIpAddress, parseIpAddress } from "./address.ts";
import { type AddressPolicy, addressRefusal } from "./address_policy.ts";
import type { NetworkFailure } from "./failure.ts";
import type { Network } from "./network.ts";
import type { Origin } from "./origin.ts";
import { nowMs } from "./watch.ts";

/** Its bounds. */
export interface AddressesLimits {
  readonly resolutionMsMax: number;
  readonly addressesMax: number;
}

/** The addresses of one origin. */
export class Addresses {
  readonly #network: Pick<Network, "resolve">;
  readonly #clock: Clock;
  readonly #origin: Origin;
  readonly #policy: AddressPolicy;
  readonly #limits: AddressesLimits;
  #asking: Promise<Result<readonly string[], NetworkFailure>> | undefined;
  #latest: { readonly untilMs: number; readonly texts: readonly string[] } | undefined;

  constructor(
    network: Pick<Network, "resolve">,
    clock: Clock,
    origin: Origin,
    policy: AddressPolicy,
    limits: AddressesLimits,
  ) {
    this.#network = network;
    this.#clock = clock;
    this.#origin = origin;
    this.#policy = policy;
    this.#limits = limits;
  }

  /** For one connection. */
  async next(signal: AbortSignal): Promise<Result<readonly string[], NetworkFailure>> {
    const found = await this.#texts(signal);
    if (!found.ok) return found;
    const checked: string[] = [];
    for (const text of found.value) {
      const address = parseIpAddress(text);
      const why = address === undefined
        ? `${JSON.stringify(text)} is no address`
        : addressRefusal(address, this.#policy);
      if (address === undefined || why !== undefined) {
        return err({ kind: "refused", detail: `${this.#origin.host}: ${why}` });
      }
      if (checked.length < this.#limits.addressesMax) checked.push(formatIpAddress(address));
    }
    return ok(checked);
  }

  async #texts(signal: AbortSignal): Promise<Result<readonly string[], NetworkFailure>> {
    const { host, address } = this.#origin;
    if (address !== undefined) return ok([host]);
    const latest = this.#latest;
    if (latest !== undefined && nowMs(this.#clock) < latest.untilMs) return ok(latest.texts);
    // Connections that are wanted at once ask once.
    const asking = this.#asking ??= this.#ask(host, signal).finally(() => this.#asking = undefined);
    return await asking;
  }

  async #ask(
    host: string,
    signal: AbortSignal,
  ): Promise<Result<readonly string[], NetworkFailure>> {
    try {
      const texts = await this.#network.resolve(host, signal);
      if (texts.length === 0) return err({ kind: "dns", detail: `${host} has no address` });
      this.#latest = { untilMs: nowMs(this.#clock) + this.#limits.resolutionMsMax, texts };
      return ok(texts);
    } catch (error) {
      return err({ kind: "dns", detail: `${host}: ${String(error)}` });
    }
  }
}
