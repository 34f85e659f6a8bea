/**
 * A set of variants as bytes: their heads, and behind them their bodies one after another, so that a body is a view into
 * what was read.
 */

import type { KeptBody } from "../body.ts";
import type { KeptSet, KeptVariant } from "../kept.ts";
import { PackedReader } from "./packed_reader.ts";
import { PackedWriter } from "./packed_writer.ts";
import { readResponse, writeResponse } from "./stored_response.ts";

/** A set in pieces, in their order: the bodies' are the bodies' own. */
export interface EncodedSet {
  readonly bytes: number;
  readonly pieces: readonly Uint8Array[];
}

/** Bodies that are kept elsewhere: in the set is what they are found by. */
export interface BodyPlaces {
  /** What a body is found by; undefined where it is kept in the set. */
  referenceOf(body: KeptBody): string | undefined;
  /** The body; undefined where it is there no longer. */
  bodyAt(reference: string, bytes: number): KeptBody | undefined;
}

const inPlace: BodyPlaces = { referenceOf: () => undefined, bodyAt: () => undefined };

/** A set with its bodies. */
export function encodeSet(set: KeptSet, places: BodyPlaces = inPlace): EncodedSet {
  const writer = new PackedWriter();
  const pieces: Uint8Array[] = [];
  writer.number(set.hitForMissUntilMs);
  writer.number(set.variants.length);
  for (const { stored, body } of set.variants) {
    const reference = places.referenceOf(body);
    writer.number(body.bytes * 2 + (reference === undefined ? 0 : 1));
    if (reference !== undefined) writer.text(reference);
    else if (body.bytes > 0) pieces.push(...body.slices(0, body.bytes - 1));
    writeResponse(writer, stored);
  }
  pieces.unshift(writer.finish());
  return { bytes: pieces.reduce((sum, piece) => sum + piece.length, 0), pieces };
}

/**
 * What {@link encodeSet} wrote, without variants whose bodies are no longer there; undefined for anything else.
 *
 * @param bytes in which the bodies stay
 */
export function decodeSet(bytes: Uint8Array, places: BodyPlaces = inPlace): KeptSet | undefined {
  const reader = new PackedReader(bytes);
  const hitForMissUntilMs = reader.number();
  const count = reader.count();
  const variants: KeptVariant[] = [];
  let at = reader.end;
  for (let index = 0; index < count && reader.isSound; index += 1) {
    const word = reader.natural(Number.MAX_SAFE_INTEGER);
    const length = Math.floor(word / 2);
    const body = word % 2 === 1
      ? places.bodyAt(reader.text(), length)
      : bodyOf(bytes.subarray(at, at + length));
    if (word % 2 === 0) at += length;
    const stored = readResponse(reader);
    if (body !== undefined) variants.push({ stored, body });
  }
  return reader.isDone && at === bytes.length ? { variants, hitForMissUntilMs } : undefined;
}

/** A body in one piece. */
export function bodyOf(bytes: Uint8Array): KeptBody {
  return {
    bytes: bytes.length,
    slices: (first, last) => {
      const [start, end] = [Math.max(0, first), Math.min(bytes.length, last + 1)];
      return start < end ? [bytes.subarray(start, end)] : [];
    },
  };
}
