/**
 * What may be kept of a response, until when, and if not, why (RFC 9111 §3).
 *
 * What always holds: nothing is kept that a directive forbids, and what cannot be understood forbids.
 */

import {
  type Field,
  fieldValue,
  fieldValues,
  type HeardDirectives,
  heardDirectives,
  noRequestDirectives,
  parseContentRange,
  requestDirectives,
  surrogateKeys,
  variantOf,
  varyNames,
} from "@skerry/http";
import { initialAgeMs, isHeuristicallyCacheable, lifetimeOf, type Times } from "./freshness.ts";
import type { CacheRequest } from "./request.ts";
import type { CacheSettings } from "./settings.ts";
import { staleAllowances } from "./stale_allowances.ts";
import { keptFields, servedFields } from "./stored_fields.ts";
import { type Extent, hasValidator, type StoredResponse } from "./stored_response.ts";
import { validatorsOf } from "./validators.ts";

/** The head of a response to a request that went forward. */
export interface ResponseHead {
  readonly status: number;
  readonly fields: readonly Field[];
}

/** What is kept of a response, or why nothing is. */
export type Storing =
  | { readonly kind: "keep"; readonly stored: StoredResponse }
  | {
    readonly kind: "refuse";
    /** For people, and for Cache-Status. */
    readonly reason: RefusalReason;
    /** Whether others who ask for the same had better not wait for each other. */
    readonly isHitForMiss: boolean;
  };

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

/** RFC 9111 §5.2.2.3: statuses whose requirements for caching are known here, all of RFC 9110. */
const understoodStatuses: ReadonlySet<number> = new Set([
  ...[200, 203, 204, 206, 300, 301, 302, 303, 307, 308],
  ...[400, 401, 403, 404, 405, 406, 409, 410, 411, 413, 414, 415, 417, 421, 422, 426],
  ...[500, 501, 502, 503, 504, 505],
]);

/**
 * Decides over a response before its body is read.
 *
 * @param request as the client made it
 * @param epoch the purge epoch when the request went forward
 */
export function store(
  request: CacheRequest,
  response: ResponseHead,
  times: Times,
  epoch: number,
  settings: CacheSettings,
): Storing {
  const heard = heardDirectives(response.fields, settings.targets);
  const obstacle = obstacleOf(request, response, heard, settings);
  if (obstacle !== undefined) return refusal(obstacle, response.status);
  const extent = extentOf(response);
  if (extent === undefined) return refusal("partial", response.status);
  const stored = storedResponse(request, response, extent, heard, times, epoch, settings);
  const isOfUse = hasValidator(stored) || stored.lifetimeMs > stored.initialAgeMs ||
    stored.staleWhileRevalidateMs > 0 || stored.staleIfErrorMs > 0;
  if (isOfUse) return { kind: "keep", stored };
  return refusal(stored.lifetimeMs === 0 ? "no-lifetime" : "stale", response.status);
}

/** Whether all of a body came: what was cut short is not kept as if it were whole (RFC 9111 §3.3). */
export function isWholeBody(response: ResponseHead, bodyBytes: number): boolean {
  const values = new Set(fieldValues(response.fields, "content-length"));
  if (values.size === 0) return true;
  return values.size === 1 && values.has(String(bodyBytes));
}

/** RFC 9111 §3, in its order, and what the settings add. */
function obstacleOf(
  request: CacheRequest,
  { status, fields }: ResponseHead,
  heard: HeardDirectives,
  settings: CacheSettings,
): RefusalReason | undefined {
  const { directives } = heard;
  // "the request method is understood by the cache": of GET alone are responses kept; what others say freshens.
  if (request.method !== "GET") return "method";
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
  if (varyNames(fieldValues(fields, "vary")) === "*") return "vary-star";
  if (surrogateKeys(fields) === undefined) return "too-many-keys";
  if (Number(fieldValue(fields, "content-length") ?? 0) > settings.bodyBytesMax) return "too-large";
  return mayBeKept(status, fields, heard, settings) ? undefined : "no-lifetime";
}

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

/** Undefined for a part that cannot be kept: several ranges in one, or one that says not which it is. */
function extentOf({ status, fields }: ResponseHead): Extent | undefined {
  if (status !== 206) return { kind: "whole" };
  const values = fieldValues(fields, "content-range");
  const range = values.length === 1 ? parseContentRange(values[0] ?? "") : undefined;
  // §3.4, and RFC 9110 §15.3.7.2: without the complete length or a validator it is of no use to others.
  return range?.complete === undefined ? undefined : { kind: "part", range };
}

function storedResponse(
  request: CacheRequest,
  { status, fields }: ResponseHead,
  extent: Extent,
  heard: HeardDirectives,
  times: Times,
  epoch: number,
  settings: CacheSettings,
): StoredResponse {
  const names = varyNames(fieldValues(fields, "vary"));
  const vary = names === "*" ? [] : names;
  const kept = keptFields(fields, heard.directives, times, settings);
  const lifetimeMs = lifetimeOf(status, fields, heard, times, settings).ms;
  const ageMs = initialAgeMs(fields, times);
  const stale = staleAllowances(heard, settings);
  const validators = validatorsOf(kept, times);
  const afterMs = Math.max(
    stale.staleWhileRevalidateMs,
    stale.staleIfErrorMs,
    stale.disconnectedMs,
    hasValidator({ fields: kept }) ? settings.validatedMs : 0,
  );
  return {
    status,
    fields: kept,
    served: servedFields(kept, settings),
    vary,
    variant: variantOf(request.fields, vary),
    validators,
    extent,
    responseMs: times.responseMs,
    initialAgeMs: ageMs,
    lifetimeMs,
    ...stale,
    isValidatedAlways: heard.directives.noCache === "whole",
    isImmutable: heard.directives.immutable,
    surrogateKeys: surrogateKeys(fields) ?? [],
    epoch,
    keptUntilMs: times.responseMs + Math.max(0, lifetimeMs - ageMs) + afterMs,
  };
}

/** What an error, the request or its method are to blame for says nothing of the next response. */
function refusal(reason: RefusalReason, status: number): Storing {
  const isOfRequest = reason === "method" || reason === "request-no-store" || reason === "pass" ||
    reason === "not-modified" || reason === "partial" || reason === "authorization";
  return { kind: "refuse", reason, isHitForMiss: !isOfRequest && status < 500 };
}
