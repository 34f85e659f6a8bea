/** What becomes of a request whose origin failed while something stale is kept (RFC 9111 §4.2.4, RFC 5861 §4). */

import { fieldValues, requestDirectives } from "@skerry/http";
import { timeToLiveMs } from "./decide.ts";
import type { CacheRequest } from "./request.ts";
import type { Candidate } from "./select.ts";
import type { CacheSettings } from "./settings.ts";

/** How an origin failed: it could not be reached, or answered with an error. */
export type Failure =
  | { readonly kind: "disconnected" }
  | { readonly kind: "status"; readonly status: number };

/** RFC 5861 §4: what counts as an error. */
const errorStatuses: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** Whether a response is an error in whose place a stale one may be served. */
export function isOriginError(status: number): boolean {
  return errorStatuses.has(status);
}

/**
 * Whether the stored response is served instead.
 *
 * @returns `stale-if-error` or `disconnected`, for Cache-Status; undefined where the failure is the answer
 */
export function staleInstead(
  request: CacheRequest,
  kept: Candidate,
  failure: Failure,
  nowMs: number,
  settings: CacheSettings,
): "stale-if-error" | "disconnected" | undefined {
  const { stored } = kept;
  const staleMs = Math.max(0, -timeToLiveMs(kept, nowMs));
  // What must be validated is never served without (§5.2.2.2, §5.2.2.4).
  const isForbidden = stored.isValidatedAlways || !stored.mayBeStale && stored.staleIfErrorMs === 0;
  if (isForbidden) return undefined;
  if (failure.kind === "status" && !isOriginError(failure.status)) return undefined;
  const isOwn = stored.staleIfErrorMs > 0 && staleMs <= stored.staleIfErrorMs;
  if (isOwn || stored.mayBeStale && staleMs <= clientMs(request, settings)) return "stale-if-error";
  if (failure.kind === "status") return undefined;
  return stored.disconnectedMs > 0 && staleMs <= stored.disconnectedMs ? "disconnected" : undefined;
}

/** RFC 5861 §4: a client may say it too. -1 where it does not. */
function clientMs({ fields }: CacheRequest, settings: CacheSettings): number {
  if (settings.requestDirectives === "ignored") return -1;
  const { staleIfError } = requestDirectives(fieldValues(fields, "cache-control"));
  return (staleIfError ?? -0.001) * 1000;
}
