/**
 * An object's file, byte for byte. Numbers are little-endian.
 *
 * ```
 * header   64 bytes: magic and version, the object's number, how long the body and a slot are, how many slots; checksum
 * slots    one, or two of which the later counts: checksum, sequence, the key and the head of the response with their lengths
 * body     in pieces of 64 KiB, each with a checksum behind it
 * ```
 *
 * What always holds: no byte is used whose checksum was not compared first. Checksums start from the object's number and the
 * piece's place, so that what was of another file, or stands elsewhere, is none of it. They are against damage: who may
 * write to the folder may write anything.
 */

/** What every file begins with; the digit is the format's version. */
const magic = [...new TextEncoder().encode("SKERRYO1")];

export const headerBytes = 64;
/** How much of a body has a checksum. */
export const pieceBytes = 64 * 1024;
export const checksumBytes = 4;

const slotHeaderBytes = 16;
/** No head is longer: fields are bounded long before. */
const slotBytesMax = 1024 * 1024;

/** How a checksum is made, from another. */
export type Checksum = (bytes: Uint8Array, start: number) => number;

/** What a header says. */
export interface ObjectHeader {
  /** Two numbers of 32 bits, from chance: no two objects have the same. */
  readonly number: readonly [number, number];
  readonly bodyBytes: number;
  readonly slotBytes: number;
  readonly slots: 1 | 2;
}

/** What a slot says. */
export interface ObjectSlot {
  readonly sequence: number;
  readonly key: Uint8Array;
  readonly head: Uint8Array;
}

/** Where a body begins. */
export function bodyOffset({ slotBytes, slots }: ObjectHeader): number {
  return headerBytes + slotBytes * slots;
}

/** How long the file is. */
export function objectBytes(header: ObjectHeader): number {
  const { bodyBytes } = header;
  return bodyOffset(header) + bodyBytes + checksumBytes * Math.ceil(bodyBytes / pieceBytes);
}

/** How long the slots of a head are, with room for it to grow where it may be written again. */
export function slotBytesFor(key: Uint8Array, head: Uint8Array, slots: 1 | 2): number {
  const needed = slotHeaderBytes + key.length + head.length;
  return slots === 1 ? needed : Math.ceil((needed * 1.25 + 256) / 1024) * 1024;
}

/** The header's bytes. */
export function encodeHeader(header: ObjectHeader, checksum: Checksum): Uint8Array {
  const bytes = new Uint8Array(headerBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint32(8, header.number[0], true);
  view.setUint32(12, header.number[1], true);
  view.setFloat64(16, header.bodyBytes, true);
  view.setUint32(24, header.slotBytes, true);
  view.setUint32(28, header.slots, true);
  const end = headerBytes - checksumBytes;
  view.setUint32(end, checksum(bytes.subarray(0, end), 0), true);
  return bytes;
}

/** Undefined where these are not a header's bytes, or of another version. */
export function decodeHeader(bytes: Uint8Array, checksum: Checksum): ObjectHeader | undefined {
  if (bytes.length < headerBytes || magic.some((byte, at) => bytes[at] !== byte)) return undefined;
  const view = viewOf(bytes);
  const end = headerBytes - checksumBytes;
  if (view.getUint32(end, true) !== checksum(bytes.subarray(0, end), 0)) return undefined;
  const slots = view.getUint32(28, true);
  const header: ObjectHeader = {
    number: [view.getUint32(8, true), view.getUint32(12, true)],
    bodyBytes: view.getFloat64(16, true),
    slotBytes: view.getUint32(24, true),
    slots: slots === 2 ? 2 : 1,
  };
  const isSound = header.slots === slots && header.slotBytes <= slotBytesMax &&
    Number.isSafeInteger(header.bodyBytes) && header.bodyBytes >= 0;
  return isSound ? header : undefined;
}

/** A slot's bytes; undefined where they do not fit into it. */
export function encodeSlot(
  { number: [seed], slotBytes }: ObjectHeader,
  { sequence, key, head }: ObjectSlot,
  checksum: Checksum,
): Uint8Array | undefined {
  const used = slotHeaderBytes + key.length + head.length;
  if (used > slotBytes || slotBytes > slotBytesMax) return undefined;
  const bytes = new Uint8Array(used);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, sequence, true);
  view.setUint32(8, key.length, true);
  view.setUint32(12, head.length, true);
  bytes.set(key, slotHeaderBytes);
  bytes.set(head, slotHeaderBytes + key.length);
  view.setUint32(0, checksum(bytes.subarray(checksumBytes), seed), true);
  return bytes;
}

/** Undefined where it is damaged, or was never written. */
export function decodeSlot(
  { number: [seed] }: ObjectHeader,
  bytes: Uint8Array,
  checksum: Checksum,
): ObjectSlot | undefined {
  if (bytes.length < slotHeaderBytes) return undefined;
  const view = viewOf(bytes);
  const [keyBytes, headBytes] = [view.getUint32(8, true), view.getUint32(12, true)];
  const keyEnd = slotHeaderBytes + keyBytes;
  if (keyEnd + headBytes > bytes.length) return undefined;
  const used = bytes.subarray(checksumBytes, keyEnd + headBytes);
  if (view.getUint32(0, true) !== checksum(used, seed)) return undefined;
  return {
    sequence: view.getUint32(4, true),
    key: bytes.subarray(slotHeaderBytes, keyEnd),
    head: bytes.subarray(keyEnd, keyEnd + headBytes),
  };
}

/** Where a piece stands in the file, and how long it is without its checksum. */
export function placeOfPiece(
  header: ObjectHeader,
  index: number,
): { readonly offset: number; readonly bytes: number } {
  return {
    offset: bodyOffset(header) + index * (pieceBytes + checksumBytes),
    bytes: Math.min(pieceBytes, header.bodyBytes - index * pieceBytes),
  };
}

/** Puts a piece's checksum behind it, which there is room for. */
export function sealPiece(
  { number }: Pick<ObjectHeader, "number">,
  index: number,
  bytes: Uint8Array,
  checksum: Checksum,
): void {
  const end = bytes.length - checksumBytes;
  viewOf(bytes).setUint32(end, checksum(bytes.subarray(0, end), startOf(number, index)), true);
}

/** A piece without its checksum; undefined where it is damaged. */
export function openPiece(
  { number }: Pick<ObjectHeader, "number">,
  index: number,
  bytes: Uint8Array,
  checksum: Checksum,
): Uint8Array | undefined {
  const end = bytes.length - checksumBytes;
  if (end < 0) return undefined;
  const piece = bytes.subarray(0, end);
  const isSound = viewOf(bytes).getUint32(end, true) === checksum(piece, startOf(number, index));
  return isSound ? piece : undefined;
}

function startOf([, seed]: ObjectHeader["number"], index: number): number {
  return (seed + index) >>> 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
