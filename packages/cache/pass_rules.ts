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

/** As an origin may read it: in doubt it passes, which harms nobody. */
function isBelow(path: string, prefix: string): boolean {
  const [read, readPrefix] = [asRead(path), asRead(prefix)];
  return isPlainlyBelow(path, prefix) || isPlainlyBelow(read, readPrefix);
}

function isPlainlyBelow(path: string, prefix: string): boolean {
  const next = path[prefix.length];
  return path.startsWith(prefix) && (next === undefined || next === "/" || next === ";");
}

/** Decoded, and without slashes that stand behind others. */
function asRead(path: string): string {
  const isAsWritten = !path.includes("%") && !path.includes("//");
  if (isAsWritten) return path;
  try {
    return decodeURIComponent(path).replace(/\/{2,}/g, "/");
  } catch {
    return path;
  }
}
