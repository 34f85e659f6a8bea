/**
 * What stands in the way of keeping a response (RFC 9111 §3), in the order of that section.
 *
 * What always holds: what cannot be understood forbids.
 */

import {
  type Field,
  fieldValue,
  fieldValues,
  type HeardDirectives,
  noRequestDirectives,
  requestDirectives,
  surrogateKeys,
  varyNames,
} from "@skerry/http";
import { isHeuristicallyCacheable } from "./freshness.ts";
import { type CacheRequest, targetOf } from "./request.ts";
import type { CacheSettings } from "./settings.ts";

/** The head of a response to a request that went forward. */
export interface ResponseHead {
  readonly status: number;
  readonly fields: readonly Field[];
}

/** Why a response is not kept. */
export type RefusalReason =
  | "method"
  | "pass"
  | "request-no-store"
  | "interim"
  | "not-understood"
  | "no-store"
  | "private"
  | "authorization"
  | "set-cookie"
  | "vary-star"
  | "partial"
  | "not-modified"
  | "too-large"
  | "too-many-keys"
  | "no-lifetime"
  | "stale";

/** RFC 9111 §3, in its order, and what the settings add. */
export function obstacleOf(
  request: CacheRequest,
  { status, fields }: ResponseHead,
  heard: HeardDirectives,
  settings: CacheSettings,
): RefusalReason | undefined {
  const { directives } = heard;
  // "the request method is understood by the cache": of GET, and of POST where that is the same; what others say freshens.
  if (request.method !== "GET" && !isLikeGet(request, fields, heard)) return "method";
  if (settings.mode === "pass") return "pass";
  // "the response status code is final"
  if (status < 200 || status > 599) return "interim";
  if (status === 304) return "not-modified";
  // "if the response status code is 206 or 304, or the must-understand directive is present: …"
  if (directives.mustUnderstand && !understoodStatuses.has(status)) return "not-understood";
  // "the no-store cache directive is not present"; §5.2.2.3 has it ignored beside must-understand.
  if (directives.noStore && !directives.mustUnderstand) return "no-store";
  if (isClientAgainst(request, settings)) return "request-no-store";
  // "if the cache is shared: the private response directive is either not present or allows a shared cache to …"
  if (directives.private === "whole") return "private";
  // "if the cache is shared: the Authorization header field is not present … or a response directive …" (§3.5)
  if (isAuthorized(request) && !isForAll(heard) && !directives.mustRevalidate) {
    return "authorization";
  }
  // §7.3 has Set-Cookie inhibit nothing, and be its origin's matter: here it has to say that it means it.
  if (settings.setCookie === "refused" && hasCookie(fields, heard) && !isForAll(heard)) {
    return "set-cookie";
  }
  // §4.1: a stored response with a star never matches.
  if (variesByAnything(fields)) return "vary-star";
  if (surrogateKeys(fields) === undefined) return "too-many-keys";
  if (Number(fieldValue(fields, "content-length") ?? 0) > settings.bodyBytesMax) return "too-large";
  return mayBeKept(status, fields, heard, settings) ? undefined : "no-lifetime";
}

/**
 * RFC 9110 §9.3.3: an answer to POST may be kept for GET where it has a lifetime of its own, and names what was asked as
 * what it is a representation of.
 */
function isLikeGet(
  request: CacheRequest,
  fields: readonly Field[],
  { directives, source }: HeardDirectives,
): boolean {
  if (request.method !== "POST") return false;
  const isExplicit = directives.maxAge !== undefined || directives.sharedMaxAge !== undefined ||
    source === "cache-control" && fieldValue(fields, "expires") !== undefined;
  const [location, ...more] = fieldValues(fields, "content-location");
  if (!isExplicit || location === undefined || more.length > 0) return false;
  const target = targetOf(request);
  // §8.7: compared as URIs, as they are after resolution.
  return URL.parse(location, target)?.href === URL.parse(target)?.href;
}

/** RFC 9111 §5.2.2.3: statuses whose requirements for caching are known here, all of RFC 9110. */
const understoodStatuses: ReadonlySet<number> = new Set([
  ...[200, 203, 204, 206, 300, 301, 302, 303, 307, 308],
  ...[400, 401, 403, 404, 405, 406, 409, 410, 411, 413, 414, 415, 417, 421, 422, 426],
  ...[500, 501, 502, 503, 504, 505],
]);

/** RFC 9111 §3: "the response contains at least one of the following". */
function mayBeKept(
  status: number,
  fields: readonly Field[],
  { directives, source }: HeardDirectives,
  settings: CacheSettings,
): boolean {
  return directives.public || directives.maxAge !== undefined ||
    directives.sharedMaxAge !== undefined ||
    source === "cache-control" && fieldValue(fields, "expires") !== undefined ||
    settings.lifetimeMsByStatus.has(status) || settings.lifetimeMsForced !== undefined ||
    isHeuristicallyCacheable(status);
}

/** Fields that a node tells its backends of each client, whatever that has said itself: no two requests agree in them. */
const toldOfClients: ReadonlySet<string> = new Set(["forwarded", "x-forwarded-for"]);

function variesByAnything(fields: readonly Field[]): boolean {
  const names = varyNames(fieldValues(fields, "vary"));
  return names === "*" || names.some((name) => toldOfClients.has(name));
}

function isClientAgainst({ fields }: CacheRequest, settings: CacheSettings): boolean {
  const { noStore } = settings.requestDirectives === "heeded"
    ? requestDirectives(fieldValues(fields, "cache-control"))
    : noRequestDirectives;
  // §5.2.1.5
  return noStore;
}

function isAuthorized({ fields }: CacheRequest): boolean {
  return fieldValue(fields, "authorization") !== undefined;
}

/** Whether a response says itself that it is for more than the one who asked. */
function isForAll({ directives }: HeardDirectives): boolean {
  return directives.public || directives.sharedMaxAge !== undefined;
}

function hasCookie(fields: readonly Field[], { directives }: HeardDirectives): boolean {
  const left = [directives.noCache, directives.private];
  const isLeftOut = left.some((names) => typeof names === "object" && names.includes("set-cookie"));
  return !isLeftOut && fieldValue(fields, "set-cookie") !== undefined;
}
