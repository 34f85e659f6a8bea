/** Services as cells serve them, put together from what is stored, and told to cells. */

import { bug, decodeUtf8 } from "@skerry/base";
import type { SealedRecord } from "./entry_tables.ts";
import type { Canary, ServiceState, TenantState, Version } from "./model.ts";
import type { Acknowledgement, Changes, Sealer } from "./ports.ts";
import type { ServiceRecord, VersionRecord } from "./records.ts";
import type { Store } from "./store.ts";

/** What a seal of a secret is bound to. */
export function secretOwner({ tenant, name }: ServiceRecord, secret: string): string {
  return JSON.stringify(["secret", tenant, name, secret]);
}

/** What a node serves from its start on. */
export interface ServedState {
  readonly tenants: readonly TenantState[];
  readonly services: readonly ServiceState[];
  /** Services that cannot be served because a secret of theirs cannot be opened. */
  readonly unreadable: readonly {
    readonly tenant: string;
    readonly name: string;
    readonly why: string;
  }[];
}

/** Puts together and tells what cells are to serve. */
export class Announcer {
  readonly #store: Store;
  readonly #changes: Changes;
  readonly #sealer: Sealer;

  constructor(store: Store, changes: Changes, sealer: Sealer) {
    this.#store = store;
    this.#changes = changes;
    this.#sealer = sealer;
  }

  /** Everything that there is to serve. */
  async all(): Promise<ServedState> {
    const { services, versions, config, secrets } = this.#store;
    const active = versions.active();
    const configs = config.all();
    const sealed = Map.groupBy(secrets.all(), ({ serviceKey }) => serviceKey);
    const served: ServiceState[] = [];
    const unreadable: ServedState["unreadable"][number][] = [];
    for (const service of services.active()) {
      const version = active.get(service.key) ?? bug("an active version is missing");
      try {
        const opened = await this.#open(service, sealed.get(service.key) ?? []);
        served.push(this.#state(service, version, configs.get(service.key) ?? {}, opened));
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        unreadable.push({ tenant: service.tenant, name: service.name, why });
      }
    }
    return { tenants: this.#allTenants(), services: served, unreadable };
  }

  /** Tells cells how a service is now, or that it is no more. */
  async announce(tenant: string, name: string, revision: number): Promise<Acknowledgement> {
    const { services, versions, config, secrets } = this.#store;
    const service = services.get(tenant, name);
    if (service?.active === undefined) {
      return await this.#publish({ kind: "service removed", tenant, name, revision });
    }
    const version = versions.get(service, service.active) ?? bug("an active version is missing");
    const entries = config.list(service).map((entry) => [entry.name, entry.value] as const);
    // All is read before anything is waited for, so that the revision is that of what is told.
    const sealed = secrets.sealedOf(service);
    const state = this.#state(service, version, Object.fromEntries(entries), {});
    return await this.#publish({
      kind: "service",
      service: { ...state, secrets: await this.#open(service, sealed) },
    });
  }

  /** Tells cells of a tenant as it is now, or that it is no more. */
  async announceTenant(name: string, revision: number): Promise<Acknowledgement> {
    const tenant = this.#store.tenants.get(name);
    if (tenant === undefined) {
      return await this.#publish({ kind: "tenant removed", name, revision });
    }
    return await this.#publish({ kind: "tenant", tenant: { name, settings: tenant.settings } });
  }

  #publish(change: Parameters<Changes["publish"]>[0]): Promise<Acknowledgement> {
    return this.#changes.publish(change, this.#store.limits.acknowledgeWallMsMax);
  }

  #allTenants(): TenantState[] {
    const { tenantsMax } = this.#store.limits;
    return this.#store.tenants.list("", tenantsMax).map(({ name, settings }) => ({
      name,
      settings,
    }));
  }

  #state(
    service: ServiceRecord,
    active: VersionRecord,
    config: Readonly<Record<string, string>>,
    secrets: Readonly<Record<string, string>>,
  ): ServiceState {
    const { key, tenant, name, revision } = service;
    const canary = this.#canary(service);
    const state = { key, tenant, name, revision, active: versionOf(active), config, secrets };
    return canary === undefined ? state : { ...state, canary };
  }

  #canary(service: ServiceRecord): Canary | undefined {
    if (service.canary === undefined) return undefined;
    const { version: number, ...rest } = service.canary;
    const version = this.#store.versions.get(service, number) ?? bug("a canary is missing");
    return { ...rest, version: versionOf(version) };
  }

  async #open(
    service: ServiceRecord,
    sealed: readonly SealedRecord[],
  ): Promise<Record<string, string>> {
    const opened = await Promise.all(
      sealed.map(async ({ name, sealingKey: key, sealed: bytes }) => {
        const plain = await this.#sealer.open({ key, bytes }, secretOwner(service, name));
        return [name, decodeUtf8(plain)] as const;
      }),
    );
    return Object.fromEntries(opened);
  }
}

function versionOf({ number, artifact, settings }: VersionRecord): Version {
  return { number, artifact: artifact ?? bug("a version that serves has no artifact"), settings };
}
