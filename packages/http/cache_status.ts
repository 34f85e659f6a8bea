/** `Cache-Status` (RFC 9211): what a cache did with a request, for people and their tools. */

import { isToken } from "./field.ts";

/** Why a request went forward (RFC 9211 §2.2). */
export type ForwardReason =
  | "bypass"
  | "method"
  | "uri-miss"
  | "vary-miss"
  | "miss"
  | "request"
  | "stale"
  | "partial";

/** One cache's member of the list. */
export interface CacheStatus {
  /** The cache: a token, or else written as a String. */
  readonly cache: string;
  /** Absent where the request was answered without going forward: a hit. */
  readonly forward?: ForwardReason;
  /** What the next hop answered, where its status is another than the one sent (§2.3). */
  readonly forwardStatus?: number;
  /** How much longer the response is fresh, in seconds; negative where it is stale (§2.4). */
  readonly ttl?: number;
  readonly stored?: boolean;
  readonly collapsed?: boolean;
  /** What else there is to say (§2.8): printable ASCII, anything else is left out. */
  readonly detail?: string;
}

/** The member as it stands in the field. A cache adds its own behind those of the caches before it (§2). */
export function formatCacheStatus(status: CacheStatus): string {
  const { cache, forward, forwardStatus, ttl, stored, collapsed, detail } = status;
  let text = /^[A-Za-z*]/.test(cache) && isToken(cache) ? cache : quoted(cache);
  text += forward === undefined ? "; hit" : `; fwd=${forward}`;
  if (forward !== undefined && forwardStatus !== undefined) text += `; fwd-status=${forwardStatus}`;
  if (ttl !== undefined) text += `; ttl=${Math.trunc(ttl)}`;
  // §2.5, §2.6: only of what went forward.
  if (forward !== undefined && stored === true) text += "; stored";
  if (forward !== undefined && collapsed === true) text += "; collapsed";
  if (detail === undefined) return text;
  return `${text}; detail=${
    /^[A-Za-z*]/.test(detail) && isToken(detail) ? detail : quoted(detail)
  }`;
}

/** RFC 9651 §3.3.3. */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, "").replace(/["\\]/g, "\\$&")}"`;
}
