/** What a thread's cache would do with a request: by its services' routes and rules. */

import type { Explanation, HttpCache } from "@skerry/cache";
import type { CacheQuestion } from "@skerry/control";
import { askedOf } from "@skerry/edge";
import { parseRequestTarget } from "@skerry/http";
import { systemClock } from "@skerry/platform";
import type { ServedServices } from "./served_services.ts";

/** Undefined where no cache of the tenant's is asked for it. */
export function explainCache(
  { tenant, url, method, fields: told }: CacheQuestion,
  services: Pick<ServedServices, "cacheRulesOf">,
  cache: HttpCache,
): (Explanation & { readonly service: string }) | undefined {
  const [, scheme, authority = "", rest = ""] = /^(https?):\/\/([^/?]*)(.*)$/.exec(url) ?? [];
  const fields = [["host", authority], ...told] as const;
  const target = parseRequestTarget({
    ...{ method, fields, scheme: scheme === "https" ? "https" : "http" },
    target: rest.startsWith("/") ? rest : `/${rest}`,
  });
  if (!target.ok) return undefined;
  const rules = services.cacheRulesOf(target.value);
  if (rules?.owner.tenant !== tenant) return undefined;
  const nowMs = systemClock.wallMs?.() ?? 0;
  const explanation = cache.explain(askedOf({ method, fields }, target.value, rules), nowMs);
  return { service: `${tenant}/${rules.owner.service}`, ...explanation };
}
