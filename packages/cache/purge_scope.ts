/** What a purge is for, and what a stored response can be purged by. */

import type { CacheKey } from "./key.ts";
import type { Owner } from "./request.ts";

/** All of these are within one tenant, so that nobody purges what is another's. */
export type PurgeScope =
  /** One resource, in all its variants, whatever fields and cookies its key has. */
  | { readonly kind: "resource"; readonly resource: string }
  /** Whatever of a service was answered with this surrogate key. */
  | { readonly kind: "surrogate key"; readonly owner: Owner; readonly key: string }
  | { readonly kind: "host"; readonly tenant: string; readonly host: string }
  | { readonly kind: "service"; readonly owner: Owner };

/** A scope as one text; no two have the same. */
export function scopeText(scope: PurgeScope): string {
  switch (scope.kind) {
    case "resource":
      return `r\n${scope.resource}`;
    case "surrogate key":
      return `k\n${scope.owner.tenant}\n${scope.owner.service}\n${scope.key}`;
    case "host":
      return `h\n${scope.tenant}\n${scope.host}`;
    case "service":
      return `s\n${scope.owner.tenant}\n${scope.owner.service}`;
  }
}

/** The scopes that a response under this key is in before anything is known of it, and with its surrogate keys. */
export function scopesOf(key: CacheKey, surrogateKeys: readonly string[]): string[] {
  const { owner, host, resource } = key;
  return [
    scopeText({ kind: "service", owner }),
    scopeText({ kind: "host", tenant: owner.tenant, host }),
    scopeText({ kind: "resource", resource }),
    ...surrogateKeys.map((name) => scopeText({ kind: "surrogate key", owner, key: name })),
  ];
}

/** Whose a scope is, from its text. */
export function tenantOf(scope: string): string {
  return scope.split("\n", 2)[1] ?? scope;
}
