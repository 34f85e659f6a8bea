/** Spans of time in whole seconds (RFC 9111 §1.2.2). */

/** What is larger is taken for this: 2^31, which is 68 years. */
export const deltaSecondsMax = 2 ** 31;

/** Undefined for what has anything but digits in it. */
export function parseDeltaSeconds(text: string): number | undefined {
  return /^\d+$/.test(text) ? Math.min(Number(text), deltaSecondsMax) : undefined;
}

/**
 * The age that a response says it has (RFC 9111 §5.1), in seconds; undefined where it says none that can be
 * understood. Of several the first member counts, and where that is invalid the field is ignored.
 */
export function parseAge(values: readonly string[]): number | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  const comma = first.indexOf(",");
  return parseDeltaSeconds((comma < 0 ? first : first.slice(0, comma)).trim());
}
