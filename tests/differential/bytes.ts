/** Bytes of memories compared, eight at a time. */

/** The first offset at which two memories differ within a length; -1 where they do not. */
export function firstDifference(left: ArrayBufferLike, right: ArrayBufferLike, length: number) {
  const words = Math.floor(length / 8);
  const leftWords = new BigUint64Array(left, 0, words);
  const rightWords = new BigUint64Array(right, 0, words);
  for (let at = 0; at < words; at += 1) {
    if (leftWords[at] !== rightWords[at]) return differenceWithin(left, right, at * 8);
  }
  return -1;
}

/** The first offset from `start` on that is not zero; -1 where all are. */
export function firstNonZero(buffer: ArrayBufferLike, start: number): number {
  const words = new BigUint64Array(buffer, start);
  const at = words.findIndex((word) => word !== 0n);
  return at < 0 ? -1 : start + at * 8;
}

function differenceWithin(left: ArrayBufferLike, right: ArrayBufferLike, start: number): number {
  const leftBytes = new Uint8Array(left, start, 8);
  const rightBytes = new Uint8Array(right, start, 8);
  return start + leftBytes.findIndex((byte, index) => byte !== rightBytes[index]);
}
