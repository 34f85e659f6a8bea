/** By which rules the answers of a version are kept: its settings, and what holds where they say nothing. */

import { type CacheSettings, defaultCacheSettings } from "@skerry/cache";
import type { BackendSettings, CacheRuleSettings, ServiceState, Version } from "@skerry/control";
import type { CacheRules } from "@skerry/edge";
import type { BackendCaching } from "@skerry/hostcalls";

type ServiceNames = Pick<ServiceState, "tenant" | "name">;

/** Of routes to backends: kept as their responses say, unless that is switched off. */
export function backendCacheRules(
  service: ServiceNames,
  { settings }: Pick<Version, "settings">,
): CacheRules {
  return rulesOf(service, settings.cache ?? {}, undefined);
}

/** Of a route to a backend that may have its own cache switched off. */
export function routeCacheRules(
  rules: CacheRules,
  backend: BackendSettings | undefined,
): CacheRules {
  if (backend?.cache !== "pass") return rules;
  return { ...rules, settings: { ...rules.settings, mode: "pass" } };
}

/**
 * Of what a program asks of a backend: as the response says, and the program. What a service says of its clients' requests,
 * such as their keys and times to live, is not meant for these. Undefined where it is switched off.
 */
export function subrequestCaching(
  { tenant, name }: ServiceNames,
  { settings: { cache, backends } }: Version,
  backend: string,
): BackendCaching | undefined {
  const settings = Object.hasOwn(backends, backend) ? backends[backend] : undefined;
  if (settings === undefined || settings.cache === "pass" || cache?.mode === "pass") {
    return undefined;
  }
  const origin = URL.parse(settings.origin);
  if (origin === null) return undefined;
  return {
    owner: { tenant, service: name },
    settings: {
      ...defaultCacheSettings,
      bodyBytesMax: cache?.bodyBytesMax ?? defaultCacheSettings.bodyBytesMax,
    },
    scheme: origin.protocol === "https:" ? "https" : "http",
    host: (settings.host ?? origin.host).toLowerCase(),
  };
}

/**
 * Of a program: kept where its settings say so, and apart from those of its other versions, which are other programs.
 * Undefined where they are not.
 */
export function programCacheRules(
  service: ServiceNames,
  { number, settings: { cache } }: Version,
): CacheRules | undefined {
  return cache?.mode === "cache" ? rulesOf(service, cache, `version ${number}`) : undefined;
}

/**
 * What a service says of its cache, as the edge is told it.
 *
 * @param partition parts what is kept under one key from what another partition keeps
 */
export function rulesOf(
  { tenant, name }: ServiceNames,
  said: CacheRuleSettings,
  partition: string | undefined,
): CacheRules {
  const pass = said.pass ?? [];
  return {
    owner: { tenant, service: name },
    settings: settingsOf(said, partition),
    ...(pass.length > 0 && { pass }),
  };
}

function settingsOf(said: CacheRuleSettings, partition: string | undefined): CacheSettings {
  const defaults = defaultCacheSettings;
  const { ttlMsByStatus = {} } = said;
  return {
    ...defaults,
    mode: said.mode ?? defaults.mode,
    key: { ...defaults.key, ...said.key, ...(partition !== undefined && { partition }) },
    requestDirectives: said.requestDirectives ?? defaults.requestDirectives,
    lifetimeMsForced: said.ttlMs,
    lifetimeMsByStatus: new Map(
      Object.entries(ttlMsByStatus).map(([status, ms]) => [Number(status), ms]),
    ),
    lifetimeMsMax: said.ttlMsMax ?? defaults.lifetimeMsMax,
    heuristic: {
      fraction: said.heuristicFraction ?? defaults.heuristic.fraction,
      msMax: said.heuristicMsMax ?? defaults.heuristic.msMax,
    },
    staleWhileRevalidateMs: said.staleWhileRevalidateMs ?? defaults.staleWhileRevalidateMs,
    staleIfErrorMs: said.staleIfErrorMs ?? defaults.staleIfErrorMs,
    disconnectedMs: said.staleIfUnreachableMs ?? defaults.disconnectedMs,
    setCookie: said.setCookie ?? defaults.setCookie,
    partialMisses: said.partialMisses === "fetched-whole" ? "fetched whole" : "forwarded",
    hitForMissMs: said.hitForMissMs ?? defaults.hitForMissMs,
    bodyBytesMax: said.bodyBytesMax ?? defaults.bodyBytesMax,
  };
}
