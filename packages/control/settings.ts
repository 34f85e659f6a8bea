/**
 * What a node takes of a version's settings: canonical hosts and paths, bounds within its tenant's and the node's,
 * names that lead somewhere. Their shape was checked before.
 */

import { encodeUtf8, formatDuration, formatSize, limits, parseClockPolicy } from "@skerry/base";
import { canonicalHost, canonicalOrigin, originForm } from "@skerry/http";
import { controlLimits } from "./limits.ts";
import type {
  BackendSettings,
  CacheRuleSettings,
  RouteSettings,
  TenantSettings,
  VersionSettings,
} from "./model.ts";
import { isName, nameForm } from "./names.ts";
import type { Mistake } from "./refusal.ts";

/** What no version may go beyond, whatever its manifest says. */
export interface NodeBounds {
  readonly memoryBytesMax: number;
  readonly wallMsMax: number;
  readonly cpuMsMax: number;
}

/** The bounds that programs have by default are the most that they may ask a node for, unless its operator says more. */
export const defaultNodeBounds: NodeBounds = {
  memoryBytesMax: limits.memoryBytesMax,
  wallMsMax: limits.requestWallMsMax,
  cpuMsMax: limits.requestCpuMsMax,
};

/** Settings in canonical form, and all mistakes in them. Where there are any, the settings are not to be used. */
export interface CheckedSettings {
  readonly settings: VersionSettings;
  readonly mistakes: readonly Mistake[];
}

/** Checks settings against what their tenant and the node allow. */
export function checkSettings(
  settings: VersionSettings,
  tenant: TenantSettings,
  node: NodeBounds,
): CheckedSettings {
  const mistakes: Mistake[] = [];
  const wrong = (path: string, message: string) => mistakes.push({ path, message });
  const routes = settings.routes.map((route, index) =>
    canonicalRoute(route, (part, message) => wrong(`routes/${index}/${part}`, message))
  );
  for (const [index, { host, prefix, backend }] of routes.entries()) {
    const same = (other: RouteSettings) => other.host === host && other.prefix === prefix;
    if (routes.findIndex(same) < index) wrong(`routes/${index}`, "this host and path stand twice");
    if (backend !== undefined && !Object.hasOwn(settings.backends, backend)) {
      wrong(`routes/${index}/backend`, `there is no backend "${backend}"`);
    }
  }
  const backends = Object.entries(settings.backends).map(([name, backend]) => {
    if (!isName(name)) wrong(`backends/${name}`, `expected a name of ${nameForm}`);
    const found = canonicalOrigin(backend.origin);
    if (found === undefined) wrong(`backends/${name}/origin`, originForm);
    return [name, { ...backend, origin: found ?? backend.origin }] as const;
  });
  const cache = settings.cache && canonicalCache(settings.cache, wrong);
  if (settings.clock !== undefined && parseClockPolicy(settings.clock) === undefined) {
    wrong("clock", "expected a clock such as real, coarse:1ms or frozen");
  }
  const memoryMax = Math.min(node.memoryBytesMax, tenant.memoryBytesMax ?? Infinity);
  const within = (name: keyof NodeBounds, most: number, format: (value: number) => string) => {
    if ((settings[name] ?? 0) > most) wrong(name, `expected at most ${format(most)} on this node`);
  };
  within("memoryBytesMax", memoryMax, formatSize);
  within("wallMsMax", node.wallMsMax, formatDuration);
  within("cpuMsMax", node.cpuMsMax, formatDuration);
  const canonical = {
    ...settings,
    routes,
    backends: Object.fromEntries<BackendSettings>(backends),
    ...(cache !== undefined && { cache }),
  };
  if (encodeUtf8(JSON.stringify(canonical)).length > controlLimits.settingsBytesMax) {
    wrong("", `expected at most ${formatSize(controlLimits.settingsBytesMax)} of settings`);
  }
  return { settings: canonical, mistakes };
}

const prefixForm = 'expected a path such as "/shop", or nothing for all';

/** A path prefix in the form that routes are compared in; undefined for what no plain path begins with. */
export function canonicalPrefix(text: string): string | undefined {
  const prefix = text.replace(/\/$/, "");
  if (prefix.length > controlLimits.prefixLengthMax) return undefined;
  return /^(?:\/(?!\.{1,2}(?:\/|$))[\w\-~!$&'()*+,;=:@.]+)*$/.test(prefix) ? prefix : undefined;
}

/** Its paths as routes have them: one that is written in another way would hold of nothing, and what it is for be kept. */
function canonicalCache(
  cache: CacheRuleSettings,
  wrong: (path: string, message: string) => void,
): CacheRuleSettings {
  if (cache.pass === undefined) return cache;
  const pass = cache.pass.map((rule, index) => {
    if (Object.keys(rule).length === 0) {
      wrong(`cache/pass/${index}`, "expected a prefix, a field or a cookie");
    }
    if (rule.prefix === undefined) return rule;
    const prefix = canonicalPrefix(rule.prefix);
    if (prefix === undefined) wrong(`cache/pass/${index}/prefix`, prefixForm);
    return { ...rule, prefix: prefix ?? rule.prefix };
  });
  return { ...cache, pass };
}

function canonicalRoute(
  route: RouteSettings,
  wrong: (part: string, message: string) => void,
): RouteSettings {
  const host = canonicalHost(route.host);
  if (!host.ok) wrong("host", host.error);
  const prefix = canonicalPrefix(route.prefix);
  if (prefix === undefined) wrong("prefix", prefixForm);
  return {
    ...route,
    host: host.ok ? host.value : route.host,
    prefix: prefix ?? route.prefix,
  };
}
