/** Tenants and services as such: made, changed, removed with all that is theirs. */

import type { ServiceName } from "./activations.ts";
import type { Announcer } from "./announcer.ts";
import type { TenantSettings } from "./model.ts";
import { isName, nameForm } from "./names.ts";
import type { Acknowledgement } from "./ports.ts";
import type { Actor, ServiceRecord, TenantRecord } from "./records.ts";
import { mistaken, Refusal } from "./refusal.ts";
import { addService, checkRevision } from "./service_rules.ts";
import type { Store } from "./store.ts";

/** A tenant after a change, and how many cells know. */
export interface TenantChanged {
  readonly tenant: TenantRecord;
  readonly isNew: boolean;
  readonly cells: Acknowledgement;
}

/** Makes, changes and removes tenants and services. */
export class Tenancy {
  readonly #store: Store;
  readonly #announcer: Announcer;

  constructor(store: Store, announcer: Announcer) {
    this.#store = store;
    this.#announcer = announcer;
  }

  /** Makes a tenant, or gives it these settings instead of those that it had. */
  async putTenant(
    actor: Actor,
    name: string,
    settings: TenantSettings,
    revision?: number,
  ): Promise<TenantChanged> {
    if (!isName(name)) throw mistaken("tenant", `expected ${nameForm}`);
    const { tenants, limits, nowMs } = this.#store;
    const event = { action: "put tenant", tenant: name, details: { settings } };
    const { isNew, next } = this.#store.change(actor, event, () => {
      const found = tenants.get(name);
      checkTenantRevision(found, revision);
      if (found === undefined && tenants.count() >= limits.tenantsMax) {
        throw new Refusal(
          "SKERRY_QUOTA_USED_UP",
          `a node has at most ${limits.tenantsMax} tenants`,
        );
      }
      const next = this.#store.nextRevision();
      if (found === undefined) tenants.add(name, settings, next, nowMs);
      else tenants.update(found, settings, next);
      return { isNew: found === undefined, next };
    });
    const tenant = this.#store.tenant(name);
    return { tenant, isNew, cells: await this.#announcer.announceTenant(name, next) };
  }

  /** Removes a tenant with its services, secrets and tokens. */
  async removeTenant(actor: Actor, name: string, revision?: number): Promise<Acknowledgement> {
    const event = { action: "remove tenant", tenant: name };
    const next = this.#store.change(actor, event, () => {
      const tenant = this.#store.tenant(name);
      checkTenantRevision(tenant, revision);
      this.#store.tenants.remove(tenant);
      return this.#store.nextRevision();
    });
    return await this.#announcer.announceTenant(name, next);
  }

  /** Makes a service without a version, so that it can be configured before its first one. */
  addService(actor: Actor, tenant: string, name: string): ServiceRecord {
    if (!isName(name)) throw mistaken("service", `expected ${nameForm}`);
    const event = { action: "add service", tenant, service: name };
    return this.#store.change(actor, event, () => {
      const found = this.#store.services.get(tenant, name);
      if (found !== undefined) {
        throw new Refusal("SKERRY_STATE_CONFLICT", "there is a service of this name");
      }
      return addService(this.#store, this.#store.tenant(tenant), name);
    });
  }

  /** Removes a service with its versions, configuration and secrets. */
  async removeService(
    actor: Actor,
    [tenant, name]: ServiceName,
    revision?: number,
  ): Promise<Acknowledgement> {
    const event = { action: "remove service", tenant, service: name };
    const next = this.#store.change(actor, event, () => {
      const service = this.#store.service(tenant, name);
      checkRevision(service, revision);
      this.#store.services.remove(service);
      return this.#store.nextRevision();
    });
    return await this.#announcer.announce(tenant, name, next);
  }
}

function checkTenantRevision(tenant: TenantRecord | undefined, revision: number | undefined): void {
  if (revision === undefined || tenant?.revision === revision) return;
  const why = tenant === undefined
    ? "there is none"
    : `the tenant is at revision ${tenant.revision}`;
  throw new Refusal("SKERRY_REVISION_CHANGED", why);
}
