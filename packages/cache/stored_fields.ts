/** Which fields of a response are kept with it (RFC 9111 §3.1). */

import {
  connectionOptions,
  type Field,
  fieldValues,
  formatHttpDate,
  hopByHopFields,
  parseHttpDate,
  type Qualified,
  type ResponseDirectives,
} from "@skerry/http";
import { dateOf, type Times } from "./freshness.ts";
import type { CacheSettings } from "./settings.ts";
import type { Extent } from "./stored_response.ts";

/** RFC 9111 §3.1: of a proxy's own connection. Age is counted anew each time (§5.1). */
const neverKept: ReadonlySet<string> = new Set([
  ...hopByHopFields,
  "age",
  "proxy-authentication-info",
]);

/** The fields to keep, in their order; a Date is added where there is none that is valid (RFC 9110 §6.6.1). */
export function keptFields(
  fields: readonly Field[],
  directives: ResponseDirectives,
  times: Times,
  settings: CacheSettings,
): readonly Field[] {
  const ofConnection = connectionOptions(fields);
  // §5.2.2.4, §5.2.2.7: fields that are not for everybody, or not without validation.
  const left = new Set([
    ...ofConnection,
    ...named(directives.noCache),
    ...named(directives.private),
  ]);
  const kept = fields.filter(([name]) => {
    const lower = name.toLowerCase();
    if (lower === "set-cookie" && settings.setCookie === "stripped") return false;
    return !neverKept.has(lower) && !left.has(lower) && lower !== "date";
  });
  const [date] = fieldValues(fields, "date");
  // A date that can be read stays as it was written, which some sign.
  const isValid = date !== undefined && parseHttpDate(date, times.responseMs) !== undefined;
  return [["date", isValid ? date : formatHttpDate(dateOf(fields, times))], ...kept];
}

/** Of an interim or final response that is passed on: what stays between the origin and this cache is left out. */
export function clientFields(
  fields: readonly Field[],
  { strippedFields }: CacheSettings,
): readonly Field[] {
  const isStripped = ([name]: Field) => strippedFields.has(name.toLowerCase());
  return fields.some(isStripped) ? fields.filter((field) => !isStripped(field)) : fields;
}

/** Of what is kept, the fields that every answer made of it has: without what depends on how much of it is sent. */
export function servedFields(
  fields: readonly Field[],
  { kind }: Extent,
  settings: CacheSettings,
): readonly Field[] {
  // RFC 9110 §14.4: beside another status than 206 or 416, Content-Range has no meaning, and is a field like any other.
  const own = kind === "part" ? /^content-(?:length|range)$/i : /^content-length$/i;
  return clientFields(fields, settings).filter(([name]) => !own.test(name));
}

function named(qualified: Qualified): readonly string[] {
  return typeof qualified === "object" ? qualified : [];
}
