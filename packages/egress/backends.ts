/** All backends of a process, by the tenants that they belong to. */

import { type Clock, err, ok, type RandomSource, type Result } from "@skerry/base";
import { type AddressPolicy, globalAddressesOnly } from "./address_policy.ts";
import { Backend } from "./backend.ts";
import { Gate } from "./gate.ts";
import { type EgressLimits, egressLimits } from "./limits.ts";
import type { Network } from "./network.ts";
import { backendPlan, type BackendSettings } from "./settings.ts";
import { Watches } from "./watch.ts";

/** What a tenant's backends share. */
interface Tenant {
  readonly gate: Gate;
  readonly backends: Set<Backend>;
}

/** Makes backends, and bounds what a tenant's do together. Connections are never shared between backends. */
export class Backends {
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #limits: EgressLimits;
  readonly #watches: Watches;
  readonly #tenants = new Map<string, Tenant>();

  constructor(
    network: Network,
    clock: Clock,
    random: RandomSource,
    limits: Partial<EgressLimits> = {},
  ) {
    this.#network = network;
    this.#clock = clock;
    this.#random = random;
    this.#watches = new Watches(clock);
    this.#limits = { ...egressLimits, ...limits };
  }

  /** A backend of a tenant, to be closed when its version is out of use; or what is wrong with its settings. */
  open(
    tenant: string,
    name: string,
    settings: BackendSettings,
    policy: AddressPolicy = globalAddressesOnly,
  ): Result<Backend, string> {
    const plan = backendPlan(settings, policy, this.#limits);
    if (!plan.ok) return err(`the backend ${name}: ${plan.error}`);
    const { gate, backends } = this.#tenant(tenant);
    const backend = new Backend({
      ...{ name, plan: plan.value, policy, tenantGate: gate },
      ...{ network: this.#network, clock: this.#clock, random: this.#random },
      ...{ limits: this.#limits, watches: this.#watches },
      onClosed: () => {
        backends.delete(backend);
        if (backends.size === 0) this.#tenants.delete(tenant);
      },
    });
    backends.add(backend);
    return ok(backend);
  }

  /** Closes them all. */
  close(): void {
    for (const { backends } of [...this.#tenants.values()]) {
      for (const backend of [...backends]) backend.close();
    }
  }

  #tenant(name: string): Tenant {
    const known = this.#tenants.get(name);
    if (known !== undefined) return known;
    const made = {
      gate: new Gate(this.#limits.tenantRequestsMax, 0),
      backends: new Set<Backend>(),
    };
    this.#tenants.set(name, made);
    return made;
  }
}
