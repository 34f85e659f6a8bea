/** A request's cookies, as far as a cache looks at them (RFC 6265 §4.2.1). */

import { type Field, fieldValues } from "@skerry/http";

/**
 * What stands behind the names of some cookies, undefined for those that are not there. Of a cookie that is there several times
 * all of them count: origins differ in which one they take.
 */
export function cookieValues(
  fields: readonly Field[],
  names: readonly string[],
): readonly (string | undefined)[] {
  if (names.length === 0) return [];
  const rests = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const value of fieldValues(fields, "cookie")) {
    for (const pair of value.split(";")) {
      const { name, rest } = taken(pair);
      rests.get(name)?.push(rest);
    }
  }
  return names.map((name) => {
    const found = rests.get(name) ?? [];
    return found.length === 0 ? undefined : found.join("; ");
  });
}

/** A cookie's name, and the rest with its equals sign, where there is one. Neither has a semicolon, or blanks at its ends. */
function taken(pair: string): { readonly name: string; readonly rest: string } {
  const end = pair.indexOf("=");
  if (end < 0) return { name: pair.trim(), rest: "" };
  return { name: pair.slice(0, end).trim(), rest: `=${pair.slice(end + 1).trim()}` };
}
