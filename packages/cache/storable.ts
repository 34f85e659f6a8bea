/**
 * What may be kept of a response, until when, and if not, why (RFC 9111 §3).
 *
 * What always holds: nothing is kept that a directive forbids, and what cannot be understood forbids.
 */

import {
  fieldValues,
  type HeardDirectives,
  heardDirectives,
  parseContentRange,
  surrogateKeys,
  variantOf,
  varyNames,
} from "@skerry/http";
import { initialAgeMs, lifetimeOf, type Times } from "./freshness.ts";
import { obstacleOf, type RefusalReason, type ResponseHead } from "./obstacles.ts";
import type { CacheRequest } from "./request.ts";
import type { CacheSettings } from "./settings.ts";
import { staleAllowances } from "./stale_allowances.ts";
import { keptFields, servedFields } from "./stored_fields.ts";
import { type Extent, hasValidator, type StoredResponse } from "./stored_response.ts";
import { validatorsOf } from "./validators.ts";

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
  const extent = extentOf(response);
  // RFC 9110 §14.4: a range that is told and not sent would put all that follows in another place.
  if (extent?.kind === "part" && extent.range.last - extent.range.first + 1 !== bodyBytes) {
    return false;
  }
  const values = new Set(fieldValues(response.fields, "content-length"));
  if (values.size === 0) return true;
  return values.size === 1 && values.has(String(bodyBytes));
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
    served: servedFields(kept, extent, settings),
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
