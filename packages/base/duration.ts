/** Durations as people write them: `5s`, `250ms`, `1.5m`, `2h`. */

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  m: 60e3,
  h: 3_600e3,
};

/** The longest duration, 24 days: timers count at most 2^31 - 1 milliseconds, and fire at once beyond. */
export const durationMsMax = 24 * 24 * 3_600e3;

/**
 * Reads a duration. A unit is required: a bare number is refused because its unit would be a guess.
 *
 * @returns milliseconds, above 0 and at most {@link durationMsMax}, or undefined where the text is no such
 * duration
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(text.trim());
  if (match === null) return undefined;
  const ms = Number(match[1]) * (unitMs[match[2] ?? ""] ?? Number.NaN);
  return ms > 0 && ms <= durationMsMax ? ms : undefined;
}

/** The longest span, ten years. */
export const spanMsMax = 10 * 365 * 24 * 3_600e3;

/**
 * Reads a span of time that no timer waits for, such as how long something counts as new: `0s`, `10m`, `30d`.
 *
 * @returns milliseconds, from 0 to {@link spanMsMax}, or undefined where the text is no such span
 */
export function parseSpan(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim());
  if (match === null) return undefined;
  const unit = match[2] === "d" ? 24 * 3_600e3 : unitMs[match[2] ?? ""] ?? Number.NaN;
  const ms = Number(match[1]) * unit;
  return ms <= spanMsMax ? ms : undefined;
}

/** A duration for people: `250 ms`, `1.5 s`. */
export function formatDuration(ms: number): string {
  return ms < 1000 ? `${Number(ms.toFixed(1))} ms` : `${Number((ms / 1000).toFixed(2))} s`;
}
