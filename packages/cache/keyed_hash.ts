/**
 * HalfSipHash-2-4 with 64 bits of output: SipHash (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012) on
 * words of 32 bits, as its authors' reference has it. Who does not know the key finds no texts that collide.
 */

/** 64 bits, as two unsigned words of 32: a key, or a hash. */
export interface Hash {
  readonly low: number;
  readonly high: number;
}

/** The hash of a text's UTF-16 code units, each as two bytes of which the lower comes first. */
export function keyedHash({ low, high }: Hash, text: string): Hash {
  let v0 = low | 0;
  let v1 = high ^ 0xee;
  let v2 = low ^ 0x6c796765;
  let v3 = high ^ 0x74656462;
  const blocks = (text.length >>> 1) + 1;
  let first = 0;
  // Two rounds for each block; then four for each half of what comes out, as if there were empty blocks.
  for (let step = 0; step < blocks + 4; step++) {
    const block = step < blocks ? blockOf(text, step) : 0;
    if (step === blocks) v2 ^= 0xee;
    if (step === blocks + 2) {
      first = v1 ^ v3;
      v1 ^= 0xdd;
    }
    v3 ^= block;
    for (let round = 0; round < 2; round++) {
      v0 = v0 + v1 | 0;
      v1 = (v1 << 5 | v1 >>> 27) ^ v0;
      v0 = v0 << 16 | v0 >>> 16;
      v2 = v2 + v3 | 0;
      v3 = (v3 << 8 | v3 >>> 24) ^ v2;
      v0 = v0 + v3 | 0;
      v3 = (v3 << 7 | v3 >>> 25) ^ v0;
      v2 = v2 + v1 | 0;
      v1 = (v1 << 13 | v1 >>> 19) ^ v2;
      v2 = v2 << 16 | v2 >>> 16;
    }
    v0 ^= block;
  }
  return { low: first >>> 0, high: (v1 ^ v3) >>> 0 };
}

/** Two code units; the last block has what is left, and the length in bytes in its highest one. */
function blockOf(text: string, block: number): number {
  const { length } = text;
  const at = 2 * block;
  if (at + 1 < length) return text.charCodeAt(at) | text.charCodeAt(at + 1) << 16;
  return length * 2 << 24 | (at < length ? text.charCodeAt(at) : 0);
}
