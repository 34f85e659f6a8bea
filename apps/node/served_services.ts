/**
 * What one thread serves: services by host and path, and their versions.
 *
 * What always holds: a change is seen by requests at once and as a whole, because the table of routes is made anew
 * beside the old one; what a request was routed to stays its own until it ends; of two changes of a service the later
 * one counts, in whatever order their programs are ready.
 */

import { bug, type Clock } from "@skerry/base";
import type { CacheResult, CacheServer, Fragments } from "@skerry/cache";
import type { Change, RouteSettings, ServiceState, TenantState } from "@skerry/control";
import { type CacheRules, type HostRoute, HostTable, type Routed, type Router } from "@skerry/edge";
import { addressPolicy, type Backends, forward, globalAddressesOnly } from "@skerry/egress";
import {
  CachedSubrequests,
  keyValueBudget,
  type KeyValues,
  type LookResult,
} from "@skerry/hostcalls";
import type { CountedService, GuestCacheUse } from "@skerry/telemetry";
import type { Field, HttpRequest, RequestTarget } from "@skerry/http";
import { Account, type Pool, type Program, type SharedAccount, Tenant } from "@skerry/sandbox";
import { routeCacheRules, subrequestCaching } from "./cache_rules.ts";
import { isOf } from "./gone.ts";
import type { ChangeBatch, ProgramRequest } from "./messages.ts";
import { OpenPrograms } from "./open_programs.ts";
import { ServedBackends, type VersionBackends } from "./served_backends.ts";
import { ServedService, type ServedVersion } from "./served_service.ts";
import { serviceName, serviceOf } from "./service_of.ts";

/** What the services of a thread need of it. */
export interface Surroundings {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly keyValues: KeyValues;
  /** What programs ask of backends goes through it. */
  readonly cache: CacheServer;
  /** What programs have computed. */
  readonly fragments: Fragments;
  /** Told what the cache had to do with what a service's program has asked or looked for. */
  readonly onGuestCache?: (
    service: CountedService,
    use: GuestCacheUse,
    result: CacheResult,
  ) => void;
  readonly backends: Backends;
  /** The node's name in `Via`. */
  readonly pseudonym: string;
  /** Bytes of the artifacts whose programs are kept. */
  readonly programBytesMax: number;
  /** Sandboxes of one tenant that may be out at once in this thread, unless it is told otherwise. */
  readonly tenantSandboxesMax: number;
  /** Gets a program from whoever compiles. Rejects with what is wrong with it. */
  readonly fetchProgram: (request: ProgramRequest) => Promise<Program>;
  /** Any number, by which threads begin to share requests out to canaries. */
  readonly start?: number;
}

/** A tenant that is served. */
interface ServedTenant {
  readonly tenant: Tenant;
  readonly settings: TenantState["settings"];
}

/** A version that a request gets, and fields for its response. */
interface Choice {
  readonly version: ServedVersion;
  readonly fields: readonly Field[];
}

/** What a route leads to. */
interface Target {
  readonly served: ServedService;
  readonly route: RouteSettings;
}

/** Removed services, and tenants, whose revision is remembered. */
const removedMax = 1_000;

/** Sandboxes that are ready before the first request to a service that is hot. */
const warmCount = 1;

/** The services of a thread. */
export class ServedServices implements Router {
  readonly #surroundings: Surroundings;
  readonly #programs: OpenPrograms;
  readonly #backends: ServedBackends;
  readonly #tenants = new Map<string, ServedTenant>();
  readonly #services = new Map<string, ServedService>();
  /** The revision of each service that was asked for last, and of those that were removed. */
  readonly #revisions = new Map<string, number>();
  /** Those that were removed last: what was said of them before may still come. */
  readonly #removed: string[] = [];
  /** Tenants that are to be removed, and of which no others have their names since. */
  readonly #leaving = new Set<string>();
  /** With which revision tenants were removed last: a service of theirs from before may still come, as to a cell that starts. */
  readonly #tenantsRemoved = new Map<string, number>();
  /** By their programs' keys. */
  readonly #versions = new Map<string, Set<ServedVersion>>();
  #table = new HostTable<Target>([]);

  constructor(surroundings: Surroundings) {
    const { clock, programBytesMax: bytesMax, fetchProgram: fetch } = surroundings;
    this.#surroundings = surroundings;
    const onClosed = (key: string, program: Program) => this.#closed(key, program);
    this.#backends = new ServedBackends(surroundings.backends, clock);
    this.#programs = new OpenPrograms({ clock, bytesMax, fetch, onClosed });
  }

  /** How many services are served, and how many programs are at hand. */
  get size(): { readonly services: number; readonly programs: number } {
    return { services: this.#services.size, programs: this.#programs.size };
  }

  /**
   * Makes changes, all in one step, once the programs of hot services are ready.
   *
   * @param memoryOf accounts that the tenants among them share with other threads
   * @returns what could not be served, and is as it was before
   */
  async apply(
    { changes, isHot }: Pick<ChangeBatch, "changes" | "isHot">,
    memoryOf: (tenant: string) => SharedAccount | undefined = () => undefined,
  ): Promise<string[]> {
    const problems: string[] = [];
    for (const change of changes) this.#expect(change, memoryOf);
    const prepared = await Promise.all(changes.map(async (change) => {
      const problem = isHot ? await this.#prepare(change) : undefined;
      if (problem === undefined) return change;
      problems.push(problem);
      return undefined;
    }));
    for (const change of prepared) {
      if (change !== undefined) this.#make(change);
    }
    this.#table = new HostTable(this.#routes());
    return problems;
  }

  route({ fields }: HttpRequest, { host, path }: RequestTarget): Routed | Promise<Routed> {
    const found = this.#table.find(host, path);
    if (found === "no host") return noHost;
    if (found === "no path") return noPath;
    const { target: { served, route }, prefix } = found;
    const choice = served.choose(fields);
    if (route.backend !== undefined) return this.#forwarded(choice, route.backend);
    const program = this.#programs.get(choice.version.request.key);
    if (program !== undefined) return this.#routed(choice, program, prefix);
    return this.#programs.open(choice.version.request).then(
      (program) => this.#routed(choice, program, prefix),
      () => ({
        ...{ kind: "unavailable", name: served.name, key: served.state.key },
        why: "its program cannot be loaded",
      }),
    );
  }

  /** By which rules the cache treats what is asked for, and whose it is: by the active version. */
  cacheRulesOf({ host, path }: RequestTarget): CacheRules | undefined {
    const found = this.#table.find(host, path);
    if (typeof found === "string") return undefined;
    const { served: { active }, route: { backend } } = found.target;
    if (backend === undefined) return active.programCache;
    return routeCacheRules(active.backendCache, active.version.settings.backends[backend]);
  }

  #forwarded({ version, fields }: Choice, name: string): Routed {
    const { key } = version.state;
    const service = serviceName(version.state);
    const backend = this.#backendsOf(version).get(name);
    if (typeof backend === "string") {
      return { kind: "unavailable", name: service, key, why: "its backend cannot be used" };
    }
    const { clock, pseudonym } = this.#surroundings;
    return {
      kind: "forward",
      name: service,
      key,
      version: version.version.number,
      fields,
      compresses: version.version.settings.compress === true,
      cache: routeCacheRules(version.backendCache, version.version.settings.backends[name]),
      forward: (request, target, onProblem) =>
        forward(request, target, backend, {
          ...{ pseudonym, clock, signal: new AbortController().signal },
          onFailure: ({ why, detail }) => onProblem(detail === "" ? why : `${why}: ${detail}`),
        }),
    };
  }

  #routed(
    { version, fields }: Choice,
    program: Program,
    prefix: string,
  ): Routed {
    const service = version.service?.program === program
      ? version.service
      : version.service = this.#serviceOf(version, program);
    const cache = version.programCache;
    return { kind: "service", service, prefix, fields, ...(cache !== undefined && { cache }) };
  }

  #serviceOf(served: ServedVersion, program: Program) {
    const { state, version } = served;
    const owner = this.#tenants.get(state.tenant) ?? bug("a service is served without its tenant");
    const { tenant, settings: { keyValueBytesMax: bytesMax } } = owner;
    const budget = bytesMax === undefined ? keyValueBudget : { ...keyValueBudget, bytesMax };
    const { keyValues, fragments, clock, onGuestCache = () => {} } = this.#surroundings;
    const counted = { name: serviceName(state), key: state.key };
    const subrequests = new CachedSubrequests({
      backends: this.#backendsOf(served),
      cache: this.#surroundings.cache,
      cachingOf: (backend) => subrequestCaching(state, version, backend),
      onResult: (result) => onGuestCache(counted, "subrequest", result),
    });
    const onLook = (result: LookResult) => onGuestCache(counted, "fragment", result);
    const isGone = () => this.#services.get(counted.name)?.state.key !== state.key;
    const budgeted = { keyValues, keyValueBudget: budget };
    const hostcalls = { ...budgeted, fragments, onLook, subrequests, isGone, clock };
    return serviceOf(state, version, { program, tenant, hostcalls });
  }

  #backendsOf(served: ServedVersion): VersionBackends {
    if (served.backends !== undefined) return served.backends;
    const { state: { tenant, key }, version: { settings: { backends: settings } } } = served;
    const owner = this.#tenants.get(tenant) ?? bug("a version is served without its tenant");
    const { privateBackends = [] } = owner.settings;
    const policy = addressPolicy({ privateBackends });
    return served.backends = this.#backends.of({
      ...{ tenant, key, settings, privateBackends },
      // Control has refused what cannot be read.
      policy: policy.ok ? policy.value : globalAddressesOnly,
    });
  }

  /** Notes what is to be, before anything is waited for. */
  #expect(change: Change, memoryOf: (tenant: string) => SharedAccount | undefined): void {
    switch (change.kind) {
      case "tenant":
        this.#leaving.delete(change.tenant.name);
        return this.#setTenant(change.tenant, memoryOf(change.tenant.name));
      case "tenant removed":
        this.#leaving.add(change.name);
        this.#noteRemoved(change.name, change.revision);
        for (const name of this.#revisions.keys()) {
          if (isOf(change.name, name)) this.#expectRevision(name, change.revision);
        }
        return;
      case "service": {
        const { service } = change;
        if (service.revision < (this.#tenantsRemoved.get(service.tenant) ?? 0)) return;
        return this.#expectRevision(serviceName(service), service.revision);
      }
      case "service removed":
        return this.#expectRevision(serviceName(change), change.revision);
    }
  }

  #noteRemoved(tenant: string, revision: number): void {
    // Set anew, so that the order in the map is that of the last removals.
    this.#tenantsRemoved.delete(tenant);
    this.#tenantsRemoved.set(tenant, revision);
    const [oldest] = this.#tenantsRemoved.keys();
    if (this.#tenantsRemoved.size > removedMax && oldest !== undefined) {
      this.#tenantsRemoved.delete(oldest);
    }
  }

  #expectRevision(name: string, revision: number): void {
    this.#revisions.set(name, Math.max(revision, this.#revisions.get(name) ?? revision));
  }

  /** Has the programs of a hot service ready; tells what it cannot have. */
  async #prepare(change: Change): Promise<string | undefined> {
    if (change.kind !== "service") return undefined;
    const { service } = change;
    try {
      for (const { request } of new ServedService(service, 0).versions) {
        const program = await this.#programs.open(request);
        this.#surroundings.pool.warm(program, warmCount, "while asked for");
      }
      return undefined;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return `${serviceName(service)}: ${why}`;
    }
  }

  /** Makes a change, unless a later one has come since. */
  #make(change: Change): void {
    switch (change.kind) {
      case "tenant":
        return;
      case "tenant removed":
        return this.#removeTenant(change.name, change.revision);
      case "service": {
        const name = serviceName(change.service);
        if (this.#revisions.get(name) !== change.service.revision) return;
        return this.#serve(name, change.service);
      }
      case "service removed":
        return this.#remove(serviceName(change), change.revision);
    }
  }

  /** With all its services, and none that is still on its way: what hosts they had may be another tenant's by now. */
  #removeTenant(tenant: string, revision: number): void {
    // Also of those that could not be served.
    for (const name of this.#revisions.keys()) {
      if (isOf(tenant, name)) this.#remove(name, revision);
    }
    const isServed = this.#services.values().some(({ state }) => state.tenant === tenant);
    if (isServed || !this.#leaving.delete(tenant)) return;
    this.#tenants.delete(tenant);
  }

  /**
   * Serves it no more, also where another of its name is to come: that may never be ready. What of its name was served since
   * is that other one, and stays.
   */
  #remove(name: string, revision: number): void {
    const served = this.#services.get(name);
    if (served !== undefined && served.state.revision <= revision) this.#serve(name, undefined);
    this.#forgetKept(name);
    if (this.#revisions.get(name) !== revision) return;
    this.#removed.push(name);
    const oldest = this.#removed.length > removedMax ? this.#removed.shift() : undefined;
    if (oldest !== undefined && !this.#services.has(oldest)) this.#revisions.delete(oldest);
  }

  /** What was kept for a service is not for the next of that name, which may be somebody else's. */
  #forgetKept(name: string): void {
    const { clock, cache: { cache } } = this.#surroundings;
    const [tenant = "", service = ""] = name.split("/");
    const nowMs = clock.wallMs?.() ?? Number(clock.wallNs() / 1_000_000n);
    cache.purge([{ kind: "service", owner: { tenant, service } }], "hard", nowMs);
  }

  #serve(name: string, state: ServiceState | undefined): void {
    const before = this.#services.get(name);
    if (state === undefined) this.#services.delete(name);
    else {
      const served = new ServedService(state, this.#surroundings.start ?? 0);
      this.#services.set(name, served);
      for (const version of served.versions) this.#use(version);
    }
    for (const version of before?.versions ?? []) this.#unuse(version);
  }

  #use(version: ServedVersion): void {
    const { key } = version.request;
    const users = this.#versions.get(key);
    if (users === undefined) this.#versions.set(key, new Set([version]));
    else users.add(version);
  }

  #unuse(version: ServedVersion): void {
    const { key } = version.request;
    const users = this.#versions.get(key);
    users?.delete(version);
    version.backends?.close();
    if (users === undefined || users.size > 0) return;
    this.#versions.delete(key);
    this.#programs.close(key);
  }

  #closed(key: string, program: Program): void {
    for (const version of this.#versions.get(key) ?? []) version.service = undefined;
    this.#surroundings.pool.drop(program);
  }

  #setTenant({ name, settings }: TenantState, memory: SharedAccount | undefined): void {
    const { weight, sandboxesMax = this.#surroundings.tenantSandboxesMax } = settings;
    const tenant = new Tenant({
      name,
      sandboxesMax,
      ...(weight !== undefined && { weight }),
      ...(memory !== undefined && { memory: Account.open(memory) }),
    });
    this.#tenants.set(name, { tenant, settings });
    for (const { state, versions } of this.#services.values()) {
      if (state.tenant !== name) continue;
      for (const version of versions) {
        version.service = undefined;
        version.backends?.close();
        version.backends = undefined;
      }
    }
  }

  *#routes(): Iterable<HostRoute<Target>> {
    const holders = this.#holders();
    for (const served of this.#services.values()) {
      for (const route of served.active.version.settings.routes) {
        if (holders.get(route.host)?.tenant !== served.state.tenant) continue;
        yield { host: route.host, prefix: route.prefix, target: { served, route } };
      }
    }
  }

  /**
   * Whose each host is. Where two tenants have one, what gave it up could not be changed here: it is whose claim is the
   * later one, since control gives no host away that another tenant has.
   */
  #holders(): ReadonlyMap<string, ServiceState> {
    const holders = new Map<string, ServiceState>();
    for (const { state, active } of this.#services.values()) {
      for (const { host } of active.version.settings.routes) {
        const found = holders.get(host);
        if (found === undefined || found.revision < state.revision) holders.set(host, state);
      }
    }
    return holders;
  }
}

const noHost: Routed = { kind: "none", status: 421, why: "no service has this host" };
const noPath: Routed = { kind: "none", status: 404, why: "no service has this path" };
