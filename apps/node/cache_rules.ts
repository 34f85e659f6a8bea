/** By which rules the answers of a version are kept: its settings, and what holds where they say nothing. */

import { defaultCacheSettings } from "@skerry/cache";
import type { ServiceState, Version } from "@skerry/control";
import type { CacheRules } from "@skerry/edge";

type ServiceNames = Pick<ServiceState, "tenant" | "name">;

/** Of routes to backends: kept as their responses say. */
export function backendCacheRules({ tenant, name }: ServiceNames, _version: Version): CacheRules {
  return { owner: { tenant, service: name }, settings: defaultCacheSettings };
}

/** Of a program: kept where its manifest says so, and apart from those of its other versions. */
export function programCacheRules(
  _service: ServiceNames,
  _version: Version,
): CacheRules | undefined {
  return undefined;
}
