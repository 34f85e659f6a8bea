/** A request's cookies, as far as a cache looks at them (RFC 6265 §4.2.1). */

import { type Field, fieldValues } from "@skerry/http";

/** The values of some cookies by their names, undefined for those that are not there. */
export function cookieValues(
  fields: readonly Field[],
  names: readonly string[],
): readonly (string | undefined)[] {
  if (names.length === 0) return [];
  const pairs = fieldValues(fields, "cookie").flatMap((value) => value.split(";"))
    .map((pair) => pair.trim());
  return names.map((name) =>
    pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
  );
}
