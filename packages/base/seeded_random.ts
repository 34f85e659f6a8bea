/**
 * Random bytes from a seed, the same each time: the key stream of ChaCha20 (RFC 8439 §2.3 and §2.4).
 *
 * They are as good as ChaCha20 is, and as secret as the seed is: never for a program that makes keys.
 */

import type { RandomSource } from "./ports.ts";

const blockBytes = 64;

/** "expand 32-byte k" in little-endian words (§2.3). */
const constants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;

/** The words that each quarter round works on: columns, then diagonals (§2.3). */
const quarterRounds: readonly (readonly [number, number, number, number])[] = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
];

/**
 * The bytes of a seed. Its 64 bits are the first of the key, all others are zero, as is the nonce; the block
 * counter begins at 0 and carries into the nonce.
 *
 * @param seed 0 to 2^64 - 1
 */
export function seededRandom(seed: bigint): RandomSource {
  const state = new Uint32Array(16);
  state.set(constants);
  state[4] = Number(BigInt.asUintN(32, seed));
  state[5] = Number(BigInt.asUintN(32, seed >> 32n));
  let block = new Uint8Array(0);
  return {
    fill(bytes) {
      for (let at = 0; at < bytes.length;) {
        if (block.length === 0) {
          block = chachaBlock(state);
          count(state);
        }
        const piece = block.subarray(0, bytes.length - at);
        bytes.set(piece, at);
        at += piece.length;
        block = block.subarray(piece.length);
      }
    },
  };
}

/** The block function (§2.3): of constants, key, counter and nonce. */
export function chachaBlock(state: Uint32Array): Uint8Array<ArrayBuffer> {
  const words = state.slice();
  for (let round = 0; round < 10; round += 1) {
    for (const [a, b, c, d] of quarterRounds) quarterRound(words, a, b, c, d);
  }
  const block = new Uint8Array(blockBytes);
  const view = new DataView(block.buffer);
  for (const [index, word] of words.entries()) {
    view.setUint32(index * 4, word + (state[index] ?? 0) >>> 0, true);
  }
  return block;
}

/** §2.1. */
function quarterRound(words: Uint32Array, a: number, b: number, c: number, d: number): void {
  addAndRotate(words, a, b, d, 16);
  addAndRotate(words, c, d, b, 12);
  addAndRotate(words, a, b, d, 8);
  addAndRotate(words, c, d, b, 7);
}

/** `to += from; mixed ^= to; mixed <<<= bits`. */
function addAndRotate(
  words: Uint32Array,
  to: number,
  from: number,
  mixed: number,
  bits: number,
): void {
  const sum = words[to] = (words[to] ?? 0) + (words[from] ?? 0) | 0;
  const bitwise = (words[mixed] ?? 0) ^ sum;
  words[mixed] = bitwise << bits | bitwise >>> 32 - bits;
}

/** The next block: 64 bits of counter. */
function count(state: Uint32Array): void {
  state[12] = (state[12] ?? 0) + 1;
  if (state[12] === 0) state[13] = (state[13] ?? 0) + 1;
}
