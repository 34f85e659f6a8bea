/**
 * A piece of some bytes, by offsets.
 *
 * A decoded module is mostly such ranges: they cost less than views, tell where in the file they lie, and
 * any of them may be replaced by a range of other bytes.
 */

/** The bytes from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** All of these bytes. */
export function rangeOf(bytes: Uint8Array): ByteRange {
  return { bytes, start: 0, end: bytes.length };
}

/** A view of what the range holds; nothing is copied. */
export function bytesOf(range: ByteRange): Uint8Array {
  return range.bytes.subarray(range.start, range.end);
}
