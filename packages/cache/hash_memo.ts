/** Keyed hashes of texts that come again and again, such as what a popular response can be purged by. */

import { type Hash, keyedHash } from "./keyed_hash.ts";

/** How many are remembered; a power of two. Each has one place, which it shares with others. */
const placesMax = 1024;

/** Longer texts are hashed each time. */
const lengthMax = 512;

/** So many characters decide a text's place: half of them its last ones, half from all over it. */
const placedBy = 8;

/** Hashes under one key. What is remembered is known by its whole text, so that only time depends on what came before. */
export class HashMemo {
  readonly #key: Hash;
  readonly #texts: string[] = new Array(placesMax).fill("");
  readonly #hashes: (Hash | undefined)[] = new Array(placesMax).fill(undefined);

  constructor(key: Hash) {
    this.#key = key;
  }

  /** As `keyedHash`. */
  of(text: string): Hash {
    if (text.length > lengthMax) return keyedHash(this.#key, text);
    const place = placeOf(text);
    const known = this.#texts[place] === text ? this.#hashes[place] : undefined;
    if (known !== undefined) return known;
    const hash = keyedHash(this.#key, text);
    this.#texts[place] = text;
    this.#hashes[place] = hash;
    return hash;
  }
}

function placeOf(text: string): number {
  const { length } = text;
  const step = Math.max(1, Math.floor(length / placedBy));
  let mixed = length;
  for (let at = 0; at < length; at += step) mixed = Math.imul(mixed, 31) + text.charCodeAt(at);
  for (let at = Math.max(0, length - placedBy); at < length; at += 1) {
    mixed = Math.imul(mixed, 31) + text.charCodeAt(at);
  }
  return (mixed ^ mixed >>> 15) & (placesMax - 1);
}
