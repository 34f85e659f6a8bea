/** What a node is to be after a sequence of calls, as simply as that can be said. */

import { hostRelation } from "@skerry/http";

/** A version: its host, and whether it can be served. */
interface ModelVersion {
  readonly host: string;
  readonly isGood: boolean;
}

interface ModelService {
  newest: number;
  active: number | undefined;
  previous: number | undefined;
  canary: number | undefined;
  readonly versions: Map<number, ModelVersion>;
  readonly config: Map<string, string>;
  readonly secrets: Map<string, string>;
}

/** What a service looks like to cells. */
export interface SeenService {
  readonly tenant: string;
  readonly name: string;
  readonly active: number;
  readonly host: string;
  readonly canary: number | undefined;
  readonly config: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The model. Its methods give the status that the API is to answer with. */
export class SmallModel {
  readonly #kept: number;
  readonly #tenants = new Map<string, Map<string, ModelService>>();

  /** @param kept versions of a service */
  constructor(tenants: readonly string[], kept: number) {
    this.#kept = kept;
    for (const tenant of tenants) this.#tenants.set(tenant, new Map());
  }

  putTenant(tenant: string): number {
    if (this.#tenants.has(tenant)) return 200;
    this.#tenants.set(tenant, new Map());
    return 201;
  }

  removeTenant(tenant: string): number {
    return this.#tenants.delete(tenant) ? 200 : 404;
  }

  removeService(tenant: string, name: string): number {
    return this.#tenants.get(tenant)?.delete(name) === true ? 200 : 404;
  }

  deploy(tenant: string, name: string, version: ModelVersion, activate: boolean): number {
    const services = this.#tenants.get(tenant);
    if (services === undefined) return 404;
    const service = services.get(name) ?? {
      ...{ newest: 0, active: undefined, previous: undefined, canary: undefined },
      ...{ versions: new Map(), config: new Map(), secrets: new Map() },
    };
    services.set(name, service);
    service.newest += 1;
    service.versions.set(service.newest, version);
    const serving = [service.active, service.previous, service.canary];
    for (const number of service.versions.keys()) {
      const isOld = number <= service.newest - this.#kept;
      if (isOld && !serving.includes(number)) service.versions.delete(number);
    }
    if (!version.isGood) return 422;
    if (!activate) return 201;
    const status = this.#serve(tenant, name, service, service.newest);
    return status === 200 ? 201 : status;
  }

  activate(tenant: string, name: string, number: number): number {
    const service = this.#tenants.get(tenant)?.get(name);
    const version = service?.versions.get(number);
    if (service === undefined || version === undefined) return 404;
    return version.isGood ? this.#serve(tenant, name, service, number) : 422;
  }

  rollback(tenant: string, name: string): number {
    const service = this.#tenants.get(tenant)?.get(name);
    if (service === undefined) return 404;
    if (service.previous === undefined) return 409;
    return this.#serve(tenant, name, service, service.previous);
  }

  canary(tenant: string, name: string, number: number | undefined): number {
    const service = this.#tenants.get(tenant)?.get(name);
    if (service === undefined) return 404;
    if (number !== undefined) {
      const version = service.versions.get(number);
      if (version === undefined) return 404;
      const isAlone = service.active === undefined || service.active === number;
      if (!version.isGood || isAlone) return 409;
    }
    service.canary = number;
    return 200;
  }

  promote(tenant: string, name: string): number {
    const service = this.#tenants.get(tenant)?.get(name);
    if (service === undefined) return 404;
    if (service.canary === undefined) return 409;
    return this.#serve(tenant, name, service, service.canary);
  }

  entry(
    kind: "config" | "secrets",
    tenant: string,
    service: string,
    name: string,
    value: string | undefined,
  ): number {
    const entries = this.#tenants.get(tenant)?.get(service)?.[kind];
    if (entries === undefined) return 404;
    if (value === undefined) return entries.delete(name) ? 200 : 404;
    entries.set(name, value);
    return 200;
  }

  /** All that is served, in the order of names. */
  seen(): SeenService[] {
    return [...this.#tenants].flatMap(([tenant, services]) =>
      [...services].flatMap(([name, { active, versions, canary, config, secrets }]) =>
        active === undefined ? [] : [{
          ...{ tenant, name, active, canary, host: versions.get(active)?.host ?? "" },
          config: Object.fromEntries(config),
          secrets: Object.fromEntries(secrets),
        }]
      )
    ).sort(byName);
  }

  #serve(tenant: string, name: string, service: ModelService, number: number): number {
    const host = service.versions.get(number)?.host ?? "";
    const isTaken = this.seen().some((other) => {
      if (other.tenant === tenant) return other.name !== name && other.host === host;
      return hostRelation(other.host, host) !== "apart";
    });
    if (isTaken) return 409;
    if (service.active !== number) service.previous = service.active;
    service.active = number;
    if (service.canary === number) service.canary = undefined;
    return 200;
  }
}

/** Whichever comes first. */
export function byName(left: SeenService, right: SeenService): number {
  return `${left.tenant}/${left.name}` < `${right.tenant}/${right.name}` ? -1 : 1;
}
