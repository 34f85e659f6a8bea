/** Requests that pass the cache because their service says so. */

import { fieldValue } from "@skerry/http";
import { cookieValues } from "./cookies.ts";
import type { CacheRequest } from "./request.ts";

/** A rule: all that it tells must hold of a request. One that tells nothing holds of none. */
export interface PassRule {
  /** `/admin` for it and all below it; the empty one for every path. */
  readonly prefix?: string;
  /** A field that it has, in lower case. */
  readonly field?: string;
  /** A cookie that it has. */
  readonly cookie?: string;
}

/** Whether one of the rules holds. */
export function passes(
  request: Pick<CacheRequest, "path" | "fields">,
  rules: readonly PassRule[],
): boolean {
  return rules.some((rule) => holds(request, rule));
}

function holds(
  { path, fields }: Pick<CacheRequest, "path" | "fields">,
  { prefix, field, cookie }: PassRule,
): boolean {
  if (prefix === undefined && field === undefined && cookie === undefined) return false;
  if (prefix !== undefined && !isBelow(path, prefix)) return false;
  if (field !== undefined && fieldValue(fields, field) === undefined) return false;
  return cookie === undefined || cookieValues(fields, [cookie])[0] !== undefined;
}

function isBelow(path: string, prefix: string): boolean {
  return path.startsWith(prefix) &&
    (path.length === prefix.length || path[prefix.length] === "/");
}
