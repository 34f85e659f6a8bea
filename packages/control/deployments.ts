/**
 * From a module and settings to a version: received, prepared, and activated where that is asked for. A version that
 * has failed never serves.
 */

import { encodeUtf8, sha256 } from "@skerry/base";
import type { Activations } from "./activations.ts";
import type { VersionSettings } from "./model.ts";
import { digestText, isName, nameForm } from "./names.ts";
import type { Acknowledgement } from "./ports.ts";
import type { Preparations } from "./preparations.ts";
import type { Actor, ServiceRecord, VersionRecord } from "./records.ts";
import { mistaken, notFound, Refusal, refuseMistakes } from "./refusal.ts";
import { checkSettings, type NodeBounds } from "./settings.ts";
import { addService, checkRevision } from "./service_rules.ts";
import type { Store } from "./store.ts";

/** What is to be deployed. */
export interface DeployRequest {
  readonly tenant: string;
  /** Made where it is missing. */
  readonly service: string;
  /** The digest of a module that the tenant has uploaded. */
  readonly module: string;
  readonly settings: VersionSettings;
  readonly note?: string | undefined;
  /** Whether it is to serve as soon as it is ready. */
  readonly activate: boolean;
  /** The same key with the same request is the same deployment. */
  readonly idempotencyKey?: string | undefined;
  /** The revision that the service must have. */
  readonly revision?: number | undefined;
}

/** What a deployment has come to. */
export interface Deployed {
  readonly service: ServiceRecord;
  readonly version: VersionRecord;
  /** `superseded`: a later version was activated meanwhile, and stays. */
  readonly activation: "activated" | "not asked for" | "superseded";
  readonly cells: Acknowledgement | undefined;
}

/** Deploys. */
export class Deployments {
  readonly #store: Store;
  readonly #preparations: Preparations;
  readonly #activations: Activations;
  readonly #bounds: NodeBounds;

  constructor(
    store: Store,
    preparations: Preparations,
    activations: Activations,
    bounds: NodeBounds,
  ) {
    this.#store = store;
    this.#preparations = preparations;
    this.#activations = activations;
    this.#bounds = bounds;
  }

  /** @throws Refusal SKERRY_VERSION_FAILED where it cannot be served, with the version's number and the reasons */
  async deploy(actor: Actor, request: DeployRequest): Promise<Deployed> {
    const { tenant, service: name, activate } = request;
    const settings = this.#admit(request);
    const keyed = request.idempotencyKey === undefined ? undefined : {
      key: request.idempotencyKey,
      request: await requestDigest({ ...request, settings }),
    };
    const { number, revision } = this.#repeated(request, keyed) ??
      this.#receive(actor, { ...request, settings }, keyed);
    const prepared = await this.#preparations.prepare(this.#store.service(tenant, name), number);
    const service = this.#store.service(tenant, name);
    const told = { service, version: prepared, cells: undefined };
    if (!activate) return { ...told, activation: "not asked for" };
    // Asked for again: what has become of it since is not undone.
    if (prepared.activatedMs !== undefined) return { ...told, activation: "activated" };
    if ((service.active ?? 0) > number) return { ...told, activation: "superseded" };
    try {
      const changed = await this.#activations.activateReady(actor, service, number, revision);
      const version = this.#store.version(changed.service, number);
      return { ...changed, version, activation: "activated" };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(error.code, error.message, { ...error.details, version: number });
    }
  }

  #admit(request: DeployRequest): VersionSettings {
    const tenant = this.#store.tenant(request.tenant);
    if (!isName(request.service)) throw mistaken("service", `expected ${nameForm}`);
    const checked = checkSettings(request.settings, tenant.settings, this.#bounds);
    refuseMistakes(checked.mistakes.map(({ path, message }) => {
      return { path: `settings/${path}`, message };
    }));
    return checked.settings;
  }

  /** The version of a deployment that was asked for before. */
  #repeated(
    { tenant, service: name }: DeployRequest,
    keyed: Keyed | undefined,
  ): Received | undefined {
    if (keyed === undefined) return undefined;
    const sinceMs = this.#store.nowMs - this.#store.limits.idempotencyMsMax;
    const repeat = this.#store.repeats.get(this.#store.tenant(tenant), keyed.key, sinceMs);
    if (repeat === undefined) return undefined;
    if (repeat.request !== keyed.request) {
      const why = "this Idempotency-Key was used for another deployment";
      throw new Refusal("SKERRY_STATE_CONFLICT", why);
    }
    const { number } = this.#store.version(this.#store.service(tenant, name), repeat.version);
    return { number, revision: undefined };
  }

  #receive(actor: Actor, request: DeployRequest, keyed: Keyed | undefined): Received {
    const { tenant: tenantName, service: name, module, settings, note } = request;
    const { modules, services, versions, limits, nowMs } = this.#store;
    this.#preparations.checkRoom(this.#store.tenant(tenantName).key);
    const details = { module, version: (services.get(tenantName, name)?.newest ?? 0) + 1 };
    const event = { action: "deploy", tenant: tenantName, service: name, details };
    return this.#store.change(actor, event, () => {
      const tenant = this.#store.tenant(tenantName);
      if (modules.get(tenant, module) === undefined) throw notFound("such module of this tenant");
      const found = services.get(tenantName, name);
      checkRevision(found, request.revision);
      const service = found ?? addService(this.#store, tenant, name);
      const number = service.newest + 1;
      const made = { createdMs: nowMs, createdBy: actor.id };
      versions.add(service, { number, module, settings, note, ...made });
      const next = { ...service, newest: number };
      const revision = this.#store.nextRevision();
      services.update(service, next, revision);
      versions.prune(next, limits.versionsKept);
      if (keyed !== undefined) {
        const repeat = { request: keyed.request, serviceKey: service.key, version: number };
        this.#store.repeats.add(service, keyed.key, repeat, nowMs);
        const sinceMs = nowMs - limits.idempotencyMsMax;
        this.#store.repeats.trim(tenant, sinceMs, limits.idempotencyKeysMax);
      }
      // Whoever insists on a revision has made a new one with this, and insists on that when it is activated.
      return { number, revision: request.revision && revision };
    });
  }
}

/** A version that is kept, and the revision that its service must have when it is activated. */
interface Received {
  readonly number: number;
  readonly revision: number | undefined;
}

/** A key that a client gave its deployment, and what it asked for. */
interface Keyed {
  readonly key: string;
  readonly request: string;
}

async function requestDigest(request: DeployRequest): Promise<string> {
  const { service, module, settings, note, activate } = request;
  const text = JSON.stringify([service, module, settings, note, activate]);
  return digestText(await sha256(encodeUtf8(text)));
}
