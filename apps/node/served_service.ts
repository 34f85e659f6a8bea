/** A service as one thread serves it: a version, and perhaps another that takes a share of its requests. */

import type { ServiceState, Version } from "@skerry/control";
import { type CacheRules, CanaryShare, type Service } from "@skerry/edge";
import type { Field } from "@skerry/http";
import { backendCacheRules, programCacheRules } from "./cache_rules.ts";
import type { ProgramRequest } from "./messages.ts";
import type { VersionBackends } from "./served_backends.ts";
import { serviceName } from "./service_of.ts";

/** A version that is served. */
export class ServedVersion {
  readonly state: ServiceState;
  readonly version: Version;
  /** By which its program is asked for: tenants do not share instances, whatever they deploy. */
  readonly request: ProgramRequest;
  /** By which rules answers of its backends, and of its program, are kept; undefined where those are not. */
  readonly backendCache: CacheRules;
  readonly programCache: CacheRules | undefined;
  /** What the edge serves, while its program is at hand. */
  service: Service | undefined;
  /** Where it may send requests, once it was asked for. */
  backends: VersionBackends | undefined;

  constructor(state: ServiceState, version: Version) {
    const { artifact, settings: { memoryBytesMax } } = version;
    this.state = state;
    this.version = version;
    const key = `${state.tenant} ${artifact} ${memoryBytesMax ?? ""}`;
    this.request = { key, artifact, memoryBytesMax };
    this.backendCache = backendCacheRules(state, version);
    this.programCache = programCacheRules(state, version);
  }
}

/** A service that is served. Immutable: a change makes another. */
export class ServedService {
  /** With its tenant's. */
  readonly name: string;
  readonly state: ServiceState;
  readonly active: ServedVersion;
  readonly canary: ServedVersion | undefined;
  readonly #share: CanaryShare | undefined;

  /** @param start any number, by which threads begin to share out at different places */
  constructor(state: ServiceState, start: number) {
    const { active, canary } = state;
    this.name = serviceName(state);
    this.state = state;
    this.active = new ServedVersion(state, active);
    if (canary === undefined) return;
    this.canary = new ServedVersion(state, canary.version);
    this.#share = new CanaryShare(canary.percent, canary.sticky, start);
  }

  get versions(): readonly ServedVersion[] {
    return this.canary === undefined ? [this.active] : [this.active, this.canary];
  }

  /** The version that a request gets, and fields for its response. */
  choose(fields: readonly Field[]): { version: ServedVersion; fields: readonly Field[] } {
    if (this.#share === undefined || this.canary === undefined) {
      return { version: this.active, fields: [] };
    }
    const choice = this.#share.choose(fields);
    return { version: choice.isCanary ? this.canary : this.active, fields: choice.fields };
  }
}
