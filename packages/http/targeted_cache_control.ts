/**
 * Which of a response's fields speaks to this cache: `CDN-Cache-Control` and its like (RFC 9213), `Surrogate-Control`
 * (W3C Edge Architecture Specification §2.3), or `Cache-Control`. The first that can be read is the only one heard.
 */

import { parseDictionary } from "structured-headers";
import {
  noResponseDirectives,
  type ResponseDirectives,
  responseDirectives,
  responseDirectivesOf,
} from "./cache_control.ts";
import { parseDeltaSeconds } from "./delta_seconds.ts";
import { type DirectiveArgument, type Directives, parseDirectives } from "./directives.ts";
import { listMembers, trimmed } from "./list_members.ts";
import { type Field, fieldValues } from "./message.ts";

/** What a response says to this cache, and by which field. */
export interface HeardDirectives {
  readonly directives: ResponseDirectives;
  /** Lower case; `cache-control` also where there is none at all. */
  readonly source: string;
}

/**
 * The directives that count.
 *
 * @param targets names in lower case, the most special first (RFC 9213 §2.2); `surrogate-control` is one that has a
 * grammar of its own
 */
export function heardDirectives(
  fields: readonly Field[],
  targets: readonly string[],
): HeardDirectives {
  for (const source of targets) {
    const values = fieldValues(fields, source);
    if (values.length === 0) continue;
    const directives = source === "surrogate-control"
      ? surrogateDirectives(values)
      : targetedDirectives(values);
    if (directives !== undefined) return { directives, source };
  }
  const directives = responseDirectives(fieldValues(fields, "cache-control"));
  return { directives, source: "cache-control" };
}

/**
 * Reads a targeted field, a Dictionary (RFC 9651 §3.2). Undefined where it is empty or cannot be parsed: then it is as
 * if it were not there (RFC 9213 §2.1).
 */
export function targetedDirectives(values: readonly string[]): ResponseDirectives | undefined {
  let dictionary: ReturnType<typeof parseDictionary>;
  try {
    dictionary = parseDictionary(values.join(", "));
  } catch {
    return undefined;
  }
  if (dictionary.size === 0) return undefined;
  const found = new Map<string, DirectiveArgument>();
  // Parameters are ignored (§2.1).
  for (const [name, [value]] of dictionary) {
    // `no-store=?0` is how a Dictionary says that it is not meant.
    if (value !== false) found.set(name, argumentOf(name, value));
  }
  return responseDirectivesOf(found);
}

/** By which name this cache is spoken to in `Surrogate-Control`, and says so in `Surrogate-Capability` (§2.2). */
export const surrogateDevice = "skerry";

/**
 * Reads `Surrogate-Control`: `max-age=600+60, no-store, content="ESI/1.0"`, where what is added to a lifetime is how
 * much longer a stale response may be used. Directives for a surrogate that is named (`;abc`) are not for any other, and
 * go before those for all.
 */
export function surrogateDirectives(values: readonly string[]): ResponseDirectives | undefined {
  const named = values.flatMap(listMembers).map((member) => {
    const [directive = "", device] = member.split(";").map(trimmed);
    return { directive, device: device?.toLowerCase() };
  });
  const ofDevice = (wanted: string | undefined) =>
    named.flatMap(({ directive, device }) => device === wanted ? [directive] : []);
  // Of a directive that stands there several times the first counts.
  const members = [...ofDevice(surrogateDevice), ...ofDevice(undefined)];
  if (members.length === 0) return undefined;
  const stale = members.map((member) => /^max-age=\d+\+(\d+)$/i.exec(member)?.[1])
    .find((seconds) => seconds !== undefined);
  const plain = members.map((member) => member.replace(/^(max-age=\d+)\+\d+$/i, "$1"));
  const found: Directives = parseDirectives(plain);
  if (!["max-age", "no-store", "no-store-remote"].some((name) => found.has(name))) return undefined;
  const directives = responseDirectivesOf(found);
  const span = stale === undefined ? undefined : parseDeltaSeconds(stale);
  return {
    ...noResponseDirectives,
    maxAge: directives.maxAge,
    noStore: directives.noStore || found.has("no-store-remote"),
    staleWhileRevalidate: directives.staleWhileRevalidate ?? span,
    staleIfError: directives.staleIfError ?? span,
  };
}

/** A span of time is an Integer, a list of field names a String (§2.1); anything else has the wrong type. */
function argumentOf(name: string, value: unknown): DirectiveArgument {
  if (value === true) return { kind: "none" };
  if (typeof value === "number" && Number.isInteger(value)) {
    return { kind: "text", text: String(value) };
  }
  const isList = name === "no-cache" || name === "private";
  return isList && typeof value === "string"
    ? { kind: "text", text: value }
    : { kind: "malformed" };
}
