/** Which requests ask for a resource and nothing else: nearly all, so that no rule about fields needs to be looked at. */

import type { Field } from "@skerry/http";

/**
 * Whether no field makes conditions (RFC 9110 §13.1), asks for a part (§14.2), for another protocol (§7.8) or for
 * something of the cache (RFC 9111 §5.2.1, §5.4). What chose a response by `Vary` is another matter.
 */
export function isPlain(fields: readonly Field[]): boolean {
  for (const [name] of fields) {
    if (mayBeHeeded(name.length) && heeded.has(name.toLowerCase())) return false;
  }
  return true;
}

const heeded: ReadonlySet<string> = new Set([
  "cache-control",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "pragma",
  "range",
  "upgrade",
]);

/** Most names are passed over by their length. */
function mayBeHeeded(length: number): boolean {
  return length >= 5 && length <= 8 || length === 13 || length === 17 || length === 19;
}
