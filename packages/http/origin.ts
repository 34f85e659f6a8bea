/** Where requests are passed on to: a scheme, a host and a port (RFC 6454 §4). */

/** What {@link canonicalOrigin} takes, for people. */
export const originForm = 'expected "http://" or "https://", a host and perhaps a port';

/** `https://api.example:8443`, as URLs write it; undefined for what has more to it, or less. */
export function canonicalOrigin(text: string): string | undefined {
  const url = /^https?:\/\/[^/?#@\\\s]+\/?$/i.test(text) ? URL.parse(text) : null;
  return url === null || url.port === "0" ? undefined : url.origin;
}
