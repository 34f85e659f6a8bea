/** Requests that pass the cache because their service says so. */

import { type Field, fieldValue } from "@skerry/http";
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

/** Whether one of the rules holds. What of the request they look at is read once, however many they are. */
export function passes(
  request: Pick<CacheRequest, "path" | "fields">,
  rules: readonly PassRule[],
): boolean {
  const { path, fields } = request;
  const seen = { path, read: asRead(path), fields, cookies: cookiesFor(fields, rules) };
  return rules.some((rule) => holds(seen, rule));
}

/** What of a request rules look at. */
interface Seen extends Pick<CacheRequest, "path" | "fields"> {
  /** The path as an origin may read it. */
  readonly read: string;
  /** Those of the cookies that rules name which it has. */
  readonly cookies: ReadonlySet<string>;
}

function holds({ path, read, fields, cookies }: Seen, { prefix, field, cookie }: PassRule) {
  if (prefix === undefined && field === undefined && cookie === undefined) return false;
  // In doubt it passes, which harms nobody.
  if (prefix !== undefined && !isBelow(path, prefix) && !isBelow(read, asRead(prefix))) {
    return false;
  }
  if (field !== undefined && fieldValue(fields, field) === undefined) return false;
  return cookie === undefined || cookies.has(cookie);
}

function cookiesFor(fields: readonly Field[], rules: readonly PassRule[]): ReadonlySet<string> {
  const names = [...new Set(rules.flatMap(({ cookie }) => cookie ?? []))];
  const values = cookieValues(fields, names);
  return new Set(names.filter((_, index) => values[index] !== undefined));
}

function isBelow(path: string, prefix: string): boolean {
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
