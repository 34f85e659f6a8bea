/** Small operations on byte arrays that several rooms need. */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** UTF-8 bytes of a text. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** The text in UTF-8 bytes; what is not UTF-8 becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Arrays up to this size are cut from a larger one, and so many bytes are in that. */
const cutBytesMax = 1024;
const chunkBytes = 16 * 1024;

let chunk = new Uint8Array(0);
let chunkUsed = 0;

/**
 * Zeros, in memory that was nobody's before. An array of its own costs the engine a third of a microsecond, so that
 * small ones share a buffer with others: pass on the array, never its `buffer`.
 */
export function newBytes(length: number): Uint8Array<ArrayBuffer> {
  if (length > cutBytesMax) return new Uint8Array(length);
  if (chunkUsed + length > chunk.length) {
    chunk = new Uint8Array(chunkBytes);
    chunkUsed = 0;
  }
  const start = chunkUsed;
  chunkUsed += length;
  return chunk.subarray(start, chunkUsed);
}

/** A copy, in memory as {@link newBytes} gives it. */
export function copyBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = newBytes(bytes.length);
  copy.set(bytes);
  return copy;
}

/** The parts in order, in one new array. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Whether two arrays hold the same bytes. Not for secrets: the time depends on the content. */
export function bytesEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** The SHA-256 of some bytes (FIPS 180-4): 32 bytes. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}
