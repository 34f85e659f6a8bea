/** Names of fields that many responses have, by numbers. A number that was given out is never another name's. */

const names: readonly string[] = [
  ...["date", "content-type", "content-length", "cache-control", "etag", "last-modified", "vary"],
  ...["expires", "server", "surrogate-key", "surrogate-control", "cdn-cache-control", "cache-tag"],
  ...["content-encoding", "content-language", "content-disposition", "content-location"],
  ...["content-range", "accept-ranges", "link", "location", "set-cookie", "via", "pragma", "age"],
  ...["x-powered-by", "x-frame-options", "x-content-type-options", "x-xss-protection"],
  ...["strict-transport-security", "content-security-policy", "referrer-policy"],
  ...["permissions-policy", "access-control-allow-origin", "access-control-allow-headers"],
  ...["access-control-allow-methods", "access-control-allow-credentials"],
  ...["access-control-expose-headers", "access-control-max-age", "cross-origin-opener-policy"],
  ...["cross-origin-resource-policy", "cross-origin-embedder-policy", "timing-allow-origin"],
  ...["alt-svc", "server-timing", "cache-status", "x-request-id", "x-cache", "x-robots-tag"],
  // As origins of HTTP/1.1 write them.
  ...["Date", "Content-Type", "Content-Length", "Cache-Control", "ETag", "Etag", "Last-Modified"],
  ...["Vary", "Expires", "Server", "Surrogate-Key", "Surrogate-Control", "Content-Encoding"],
  ...["Accept-Ranges", "Link", "Location", "Set-Cookie", "Via", "X-Powered-By"],
  ...["X-Frame-Options", "X-Content-Type-Options", "Strict-Transport-Security"],
  ...["Content-Security-Policy", "Access-Control-Allow-Origin"],
];

const numbers: ReadonlyMap<string, number> = new Map(names.map((name, at) => [name, at + 1]));

/** The number of a name; 0 where it has none. */
export function fieldNameNumber(name: string): number {
  return numbers.get(name) ?? 0;
}

/** The name that a number stands for; undefined where it stands for none. */
export function fieldNameOf(number: number): string | undefined {
  return names[number - 1];
}
