/** Header fields: what is well-formed, and what belongs to one connection only. */

/** RFC 9110 §5.6.2 `token`: field names and methods. */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text);
}

/**
 * RFC 9110 §5.5 `field-value`, as a string with a character for each byte: no control character but the
 * horizontal tab, so that no value can start a line of its own.
 */
export function isFieldValue(text: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  return !/[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/.test(text);
}

/** RFC 9110 §7.6.1: fields that an intermediary must not forward, and their historical relatives. */
export const hopByHopFields: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
