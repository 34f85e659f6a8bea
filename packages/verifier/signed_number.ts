/** Signed LEB128 numbers without big integers. */

/** The number at an offset: NaN where it takes more than seven bytes, which is beyond any displacement. */
export function smallSigned(bytes: Uint8Array, offset: number): number {
  let value = 0;
  let scale = 1;
  for (let at = offset; at < offset + 7; at += 1) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte < 0x80) return byte < 0x40 ? value : value - scale;
  }
  return NaN;
}

/** Bytes that a LEB128 number takes. */
export function spelledBytes(bytes: Uint8Array, offset: number): number {
  let length = 1;
  while (length < 10 && (bytes[offset + length - 1] ?? 0) >= 0x80) length += 1;
  return length;
}
