/** What a request that changes something makes invalid (RFC 9111 §4.4). */

import { type Field, fieldValues } from "@skerry/http";
import type { ResponseHead } from "./obstacles.ts";
import { type CacheRequest, targetOf } from "./request.ts";

/** A resource of the same origin as the request's. */
export type Invalidated = Pick<CacheRequest, "scheme" | "host" | "path" | "query">;

/** RFC 9110 §9.2.1. */
const safeMethods: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "QUERY",
  "PROPFIND",
]);

/** Whether a method may change something; one that is unknown may (§4.4). */
export function isUnsafe(method: string): boolean {
  return !safeMethods.has(method);
}

/**
 * The resources of which nothing may be served any more: the target, and what Location and Content-Location name of the
 * same origin. None where the method is safe or the request failed.
 */
export function invalidatedBy(
  request: CacheRequest,
  { status, fields }: ResponseHead,
): readonly Invalidated[] {
  // "A non-error response is one with a 2xx (Successful) or 3xx (Redirection) status code."
  if (!isUnsafe(request.method) || status < 200 || status >= 400) return [];
  const target = targetOf(request);
  const others = ["location", "content-location"].flatMap((name) =>
    sameOrigin(fields, name, target)
  );
  return [request, ...others].map(({ scheme, host, path, query }) => ({
    scheme,
    host,
    path,
    query,
  }));
}

/** §4.4: one of another origin MUST NOT be invalidated: anybody could then. */
function sameOrigin(fields: readonly Field[], name: string, target: string): Invalidated[] {
  const base = URL.parse(target);
  return fieldValues(fields, name).flatMap((value) => {
    const url = URL.parse(value, target);
    if (url === null || base === null || url.origin !== base.origin) return [];
    const scheme = url.protocol === "https:" ? "https" : "http";
    const query = url.search === "" ? undefined : url.search.slice(1);
    return [{ scheme, host: url.host, path: url.pathname, query }] satisfies Invalidated[];
  });
}
