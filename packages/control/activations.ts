/**
 * Which of a service's versions serve. What is asked of a version is asked of its state in the transaction that has it
 * serve: one that is not ready never does.
 */

import type { Announcer } from "./announcer.ts";
import type { Sticky } from "./model.ts";
import type { Acknowledgement } from "./ports.ts";
import type { Preparations } from "./preparations.ts";
import type { Actor, ServiceRecord, VersionRecord } from "./records.ts";
import { notFound, Refusal } from "./refusal.ts";
import { checkRevision } from "./service_rules.ts";
import type { Store } from "./store.ts";

/** A service by its tenant's name and its own. */
export type ServiceName = readonly [tenant: string, name: string];

/** What has become of a service, and how many cells know. */
export interface Changed {
  readonly service: ServiceRecord;
  readonly cells: Acknowledgement;
}

/** A canary that is to be. */
export interface CanaryRequest {
  readonly version: number;
  readonly percent: number;
  readonly sticky?: Sticky | undefined;
}

/** Activates versions, rolls back, and sets canaries. */
export class Activations {
  readonly #store: Store;
  readonly #announcer: Announcer;
  readonly #preparations: Preparations;

  constructor(store: Store, announcer: Announcer, preparations: Preparations) {
    this.#store = store;
    this.#announcer = announcer;
    this.#preparations = preparations;
  }

  /** Has a version serve all requests; prepares it first where that was cut short. */
  async activate(
    actor: Actor,
    [tenant, name]: ServiceName,
    number: number,
    revision?: number,
  ): Promise<Changed> {
    const service = this.#store.service(tenant, name);
    checkRevision(service, revision);
    await this.#preparations.prepare(service, number);
    return await this.activateReady(actor, this.#store.service(tenant, name), number, revision);
  }

  /** Has the version serve that was active before. */
  async rollback(
    actor: Actor,
    [tenant, name]: ServiceName,
    revision?: number,
  ): Promise<Changed> {
    const service = this.#store.service(tenant, name);
    checkRevision(service, revision);
    if (service.previous === undefined) {
      throw new Refusal("SKERRY_STATE_CONFLICT", "no version was active before this one");
    }
    return await this.activateReady(actor, service, service.previous, revision, "rollback");
  }

  /** Has a version serve a share of the requests; none where the canary is undefined. */
  async setCanary(
    actor: Actor,
    [tenant, name]: ServiceName,
    canary: CanaryRequest | undefined,
    revision?: number,
  ): Promise<Changed> {
    const { percent, sticky, version } = canary ?? {};
    const event = {
      action: "canary",
      tenant,
      service: name,
      details: { version, percent, sticky },
    };
    const next = this.#store.change(actor, event, () => {
      const service = this.#store.service(tenant, name);
      checkRevision(service, revision);
      if (canary !== undefined) this.#checkCanary(service, canary.version);
      const next = this.#store.nextRevision();
      const { version = 0, percent = 0, sticky } = canary ?? {};
      const kept = sticky === undefined ? { version, percent } : { version, percent, sticky };
      this.#store.services.update(service, { ...service, canary: canary && kept }, next);
      return next;
    });
    return await this.#changed(tenant, name, next);
  }

  /** Has the canary serve all requests. */
  async promote(
    actor: Actor,
    [tenant, name]: ServiceName,
    revision?: number,
  ): Promise<Changed> {
    const service = this.#store.service(tenant, name);
    checkRevision(service, revision);
    if (service.canary === undefined) {
      throw new Refusal("SKERRY_STATE_CONFLICT", "the service has no canary");
    }
    const { version } = service.canary;
    return await this.activateReady(actor, service, version, revision, "promote");
  }

  /** Has a version serve that is ready. */
  async activateReady(
    actor: Actor,
    { key, tenant, name }: ServiceRecord,
    number: number,
    revision: number | undefined,
    action: "activate" | "rollback" | "promote" = "activate",
  ): Promise<Changed> {
    const event = { action, tenant, service: name, details: { version: number } };
    const next = this.#store.change(actor, event, () => {
      const service = this.#store.service(tenant, name);
      if (service.key !== key) throw notFound("such service");
      checkRevision(service, revision);
      const version = this.#store.version(service, number);
      checkReady(version);
      this.#store.routes.claim(service, version.settings.routes, actor.isOperator);
      const { active, previous, canary } = service;
      const next = this.#store.nextRevision();
      this.#store.services.update(service, {
        newest: service.newest,
        active: number,
        previous: active === number ? previous : active,
        canary: canary?.version === number ? undefined : canary,
      }, next);
      this.#store.versions.setActivated(service, number, this.#store.nowMs);
      return next;
    });
    return await this.#changed(tenant, name, next);
  }

  #checkCanary(service: ServiceRecord, number: number): void {
    checkReady(this.#store.version(service, number));
    if (service.active === undefined || service.active === number) {
      const why = "a canary needs another version that is active";
      throw new Refusal("SKERRY_STATE_CONFLICT", why);
    }
  }

  async #changed(tenant: string, name: string, revision: number): Promise<Changed> {
    const service = this.#store.service(tenant, name);
    return { service, cells: await this.#announcer.announce(tenant, name, revision) };
  }
}

function checkReady({ state, number }: VersionRecord): void {
  if (state === "ready") return;
  throw new Refusal("SKERRY_STATE_CONFLICT", `version ${number} is not ready: it is ${state}`);
}
