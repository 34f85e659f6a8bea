/**
 * A set of variants as bytes: their heads, and behind them their bodies one after another, so that a body is a view into
 * what was read.
 */

import type { KeptBody } from "../body.ts";
import type { KeptSet, KeptVariant } from "../kept.ts";
import { PackedReader } from "./packed_reader.ts";
import { PackedWriter } from "./packed_writer.ts";
import { readResponse, writeResponse } from "./stored_response.ts";

/** A set in pieces, in their order: the bodies' are the bodies' own, which are in memory. */
export interface EncodedSet {
  readonly bytes: number;
  readonly pieces: readonly Uint8Array[];
}

/** A set with its bodies. */
export function encodeSet(set: KeptSet): EncodedSet {
  const writer = new PackedWriter();
  const pieces: Uint8Array[] = [];
  writer.number(set.hitForMissUntilMs);
  writer.number(set.variants.length);
  for (const { stored, body } of set.variants) {
    writer.number(body.bytes);
    if (body.bytes > 0) pieces.push(...body.slices(0, body.bytes - 1));
    writeResponse(writer, stored);
  }
  pieces.unshift(writer.finish());
  return { bytes: pieces.reduce((sum, piece) => sum + piece.length, 0), pieces };
}

/**
 * What {@link encodeSet} wrote; undefined for anything else.
 *
 * @param bytes in which the bodies stay
 */
export function decodeSet(bytes: Uint8Array): KeptSet | undefined {
  const reader = new PackedReader(bytes);
  const hitForMissUntilMs = reader.number();
  const count = reader.count();
  const variants: KeptVariant[] = [];
  let at = reader.end;
  for (let index = 0; index < count && reader.isSound; index += 1) {
    const length = reader.natural(bytes.length - at);
    const body = bodyOf(bytes.subarray(at, at + length));
    variants.push({ stored: readResponse(reader), body });
    at += length;
  }
  return reader.isDone && at === bytes.length ? { variants, hitForMissUntilMs } : undefined;
}

/** A body in one piece. */
export function bodyOf(bytes: Uint8Array): KeptBody {
  return {
    bytes: bytes.length,
    slices: (first, last) => {
      const [start, end] = [Math.max(0, first), Math.min(bytes.length, last + 1)];
      if (start >= end) return [];
      return end - start === bytes.length ? [bytes] : [bytes.subarray(start, end)];
    },
  };
}
