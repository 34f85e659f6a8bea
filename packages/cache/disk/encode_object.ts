/** A small object as the bytes of its file, all at once. */

import {
  bodyOffset,
  type Checksum,
  checksumBytes,
  encodeHeader,
  encodeSlot,
  headerBytes,
  objectBytes,
  type ObjectHeader,
  pieceBytes,
  sealPiece,
  slotBytesFor,
} from "./object_layout.ts";

/** What an object is made of. */
export interface ObjectParts {
  readonly number: ObjectHeader["number"];
  readonly key: Uint8Array;
  readonly head: Uint8Array;
  /** Together `bodyBytes` long. */
  readonly body: Iterable<Uint8Array>;
  readonly bodyBytes: number;
}

/** The whole file; undefined where the head is too long. */
export function encodeObject(parts: ObjectParts, checksum: Checksum): Uint8Array | undefined {
  const { number, key, head, body, bodyBytes } = parts;
  const slotBytes = slotBytesFor(key, head, 1);
  const header: ObjectHeader = { number, bodyBytes, slotBytes, slots: 1 };
  const slot = encodeSlot(header, { sequence: 1, key, head }, checksum);
  if (slot === undefined) return undefined;
  const file = new Uint8Array(objectBytes(header));
  file.set(encodeHeader(header, checksum));
  file.set(slot, headerBytes);
  let at = 0;
  for (const bytes of body) {
    for (let done = 0; done < bytes.length;) {
      const part = bytes.subarray(done, done + pieceBytes - at % pieceBytes);
      file.set(part, placeOf(header, at));
      at += part.length;
      done += part.length;
    }
  }
  for (let index = 0; index * pieceBytes < bodyBytes; index += 1) {
    const start = placeOf(header, index * pieceBytes);
    const end = start + Math.min(pieceBytes, bodyBytes - index * pieceBytes) + checksumBytes;
    sealPiece(header, index, file.subarray(start, end), checksum);
  }
  return file;
}

function placeOf(header: ObjectHeader, at: number): number {
  return bodyOffset(header) + at + checksumBytes * Math.floor(at / pieceBytes);
}
