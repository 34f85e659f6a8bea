/**
 * What was let go of lately without having been used: hashes alone, in memory that all threads share, so that what comes
 * back through any of them is known. Two that meet in one place, or threads that write at once, make a record welcome or
 * not: no more than that.
 */

/** Words of each place: a part of the hash, and when it went, counted in all that went. */
export const ghostWords = 2;

/** See the head of this file. */
export class Ghosts {
  readonly #words: Int32Array<ArrayBufferLike>;
  readonly #gone: Int32Array<ArrayBufferLike>;

  /** @param gone a word that counts all that went */
  constructor(words: Int32Array<ArrayBufferLike>, gone: Int32Array<ArrayBufferLike>) {
    this.#words = words;
    this.#gone = gone;
  }

  /** Remembers what has this part of its hash. */
  add(tag: number): void {
    const at = this.#placeOf(tag);
    this.#words[at] = tag;
    this.#words[at + 1] = Atomics.add(this.#gone, 0, 1);
  }

  /**
   * Whether it went lately; from now on it did not.
   *
   * @param goneMax after how many others that is forgotten
   */
  take(tag: number, goneMax: number): boolean {
    const at = this.#placeOf(tag);
    if (tag === 0 || this.#words[at] !== tag) return false;
    this.#words[at] = 0;
    const since = Atomics.load(this.#gone, 0) - (this.#words[at + 1] ?? 0) | 0;
    return since >= 0 && since <= goneMax;
  }

  #placeOf(tag: number): number {
    return (tag >>> 0) % (this.#words.length / ghostWords) * ghostWords;
  }
}
