/** The settings of a case as a version says them. */

import type { CacheSettings } from "@skerry/cache";
import type { CacheRuleSettings } from "@skerry/control";

/** Fails where a case sets what no version can: such a case says itself that it is not for a node. */
export function cacheOptions(settings: Partial<CacheSettings>): CacheRuleSettings {
  const told = Object.entries(settings).map(([name, value]) => {
    const say = says[name];
    if (say === undefined) throw new Error(`no version can set ${name}`);
    return say(value as never);
  });
  return Object.assign({}, ...told);
}

const says: Readonly<Record<string, (value: never) => CacheRuleSettings>> = {
  mode: (mode: CacheSettings["mode"]) => ({ mode }),
  key: (key: CacheSettings["key"]) => ({ key }),
  requestDirectives: (one: CacheSettings["requestDirectives"]) => ({ requestDirectives: one }),
  lifetimeMsForced: (ttlMs: number) => ({ ttlMs }),
  lifetimeMsByStatus: (byStatus: CacheSettings["lifetimeMsByStatus"]) => ({
    ttlMsByStatus: Object.fromEntries(byStatus),
  }),
  heuristic: ({ fraction, msMax }: CacheSettings["heuristic"]) => ({
    heuristicFraction: fraction,
    heuristicMsMax: msMax,
  }),
  staleWhileRevalidateMs: (ms: number) => ({ staleWhileRevalidateMs: ms }),
  setCookie: (setCookie: CacheSettings["setCookie"]) => ({ setCookie }),
  bodyBytesMax: (bodyBytesMax: number) => ({ bodyBytesMax }),
  partialMisses: (one: CacheSettings["partialMisses"]) => ({
    partialMisses: one === "forwarded" ? one : "fetched-whole",
  }),
};
