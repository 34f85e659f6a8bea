/**
 * What requests and responses say of caching in `Cache-Control` (RFC 9111 §5.2, RFC 5861, RFC 8246).
 *
 * What cannot be understood never makes a response live longer: a lifetime that is no number is none.
 */

import { type Directives, parseDirectives } from "./directives.ts";
import { deltaSecondsMax, parseDeltaSeconds } from "./delta_seconds.ts";
import { isToken } from "./field.ts";
import { listMembers } from "./list_members.ts";

/** A directive that may be for some fields only (`no-cache="set-cookie"`): absent, for all, or their names. */
export type Qualified = "absent" | "whole" | readonly string[];

/** A response's directives; spans in seconds, undefined where there are none. */
export interface ResponseDirectives {
  readonly maxAge: number | undefined;
  readonly sharedMaxAge: number | undefined;
  readonly staleWhileRevalidate: number | undefined;
  readonly staleIfError: number | undefined;
  readonly noCache: Qualified;
  readonly private: Qualified;
  readonly noStore: boolean;
  readonly public: boolean;
  readonly mustRevalidate: boolean;
  readonly proxyRevalidate: boolean;
  readonly mustUnderstand: boolean;
  readonly noTransform: boolean;
  readonly immutable: boolean;
}

/** A request's directives; spans in seconds, undefined where there are none. */
export interface RequestDirectives {
  readonly maxAge: number | undefined;
  /** 2^31 where any staleness will do. */
  readonly maxStale: number | undefined;
  readonly minFresh: number | undefined;
  readonly staleIfError: number | undefined;
  readonly noCache: boolean;
  readonly noStore: boolean;
  readonly onlyIfCached: boolean;
}

/** Reads a response's `Cache-Control` fields, in their order. */
export function responseDirectives(values: readonly string[]): ResponseDirectives {
  if (values.length === 0) return noResponseDirectives;
  return responseDirectivesOf(parseDirectives(values));
}

/** A response's directives by their names. */
export function responseDirectivesOf(found: Directives): ResponseDirectives {
  return {
    // RFC 9111 §4.2.1: what is invalid is best taken for stale.
    maxAge: spanOf(found, "max-age", 0),
    sharedMaxAge: spanOf(found, "s-maxage", 0),
    staleWhileRevalidate: spanOf(found, "stale-while-revalidate", undefined),
    staleIfError: spanOf(found, "stale-if-error", undefined),
    noCache: qualifiedOf(found, "no-cache"),
    private: qualifiedOf(found, "private"),
    noStore: found.has("no-store"),
    public: found.has("public"),
    mustRevalidate: found.has("must-revalidate"),
    proxyRevalidate: found.has("proxy-revalidate"),
    mustUnderstand: found.has("must-understand"),
    noTransform: found.has("no-transform"),
    immutable: found.has("immutable"),
  };
}

/**
 * Reads a request's `Cache-Control` fields, and `Pragma` where there is none of them (RFC 9111 §5.4). A span that cannot
 * be understood is passed over: a client's directives are wishes.
 */
export function requestDirectives(
  values: readonly string[],
  pragma: readonly string[] = [],
): RequestDirectives {
  if (values.length === 0 && pragma.length === 0) return noRequestDirectives;
  const found = parseDirectives(values.length === 0 ? pragma : values);
  if (values.length === 0) {
    return found.has("no-cache") ? { ...noRequestDirectives, noCache: true } : noRequestDirectives;
  }
  const anyStale = found.get("max-stale")?.kind === "none";
  return {
    maxAge: spanOf(found, "max-age", undefined),
    maxStale: anyStale ? deltaSecondsMax : spanOf(found, "max-stale", undefined),
    minFresh: spanOf(found, "min-fresh", undefined),
    staleIfError: spanOf(found, "stale-if-error", undefined),
    noCache: found.has("no-cache"),
    noStore: found.has("no-store"),
    onlyIfCached: found.has("only-if-cached"),
  };
}

/** A response that says nothing. */
export const noResponseDirectives: ResponseDirectives = responseDirectivesOf(new Map());

/** A request that says nothing. */
export const noRequestDirectives: RequestDirectives = {
  maxAge: undefined,
  maxStale: undefined,
  minFresh: undefined,
  staleIfError: undefined,
  noCache: false,
  noStore: false,
  onlyIfCached: false,
};

function spanOf(
  found: Directives,
  name: string,
  invalid: number | undefined,
): number | undefined {
  const argument = found.get(name);
  if (argument === undefined) return undefined;
  return (argument.kind === "text" ? parseDeltaSeconds(argument.text) : undefined) ?? invalid;
}

/** A list that is empty, or has what is no field name, is read as the directive for all (RFC 9111 §5.2.2.4). */
function qualifiedOf(found: Directives, name: string): Qualified {
  const argument = found.get(name);
  if (argument === undefined) return "absent";
  if (argument.kind !== "text") return "whole";
  const names = listMembers(argument.text).map((member) => member.toLowerCase());
  return names.length > 0 && names.every(isToken) ? names : "whole";
}
