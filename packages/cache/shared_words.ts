/**
 * Words of 64 bits in memory that threads and processes share. Each call is one step that others see as a whole, all of
 * them in one order; what takes several steps is said so, and may stop between any two of them for good.
 */

/** Numbers are whole, from 0 to 2^53 - 1. */
export class SharedWords {
  readonly #words: BigInt64Array<ArrayBufferLike>;
  /** The same memory; the upper half of a word comes second, as on every machine that V8 knows. */
  readonly #halves: Int32Array<ArrayBufferLike>;

  /** @param memory a multiple of 8 bytes, zeros where nobody has written yet */
  constructor(memory: ArrayBufferLike) {
    this.#words = new BigInt64Array(memory);
    this.#halves = new Int32Array(memory);
  }

  get length(): number {
    return this.#words.length;
  }

  load(at: number): bigint {
    return Atomics.load(this.#words, at);
  }

  /** The upper half of a word, as 32 bits with a sign: cheaper than all of it. */
  upper(at: number): number {
    return Atomics.load(this.#halves, 2 * at + 1);
  }

  /** Puts `next` where `expected` is. */
  swap(at: number, expected: bigint, next: bigint): "swapped" | "changed" {
    return Atomics.compareExchange(this.#words, at, expected, next) === expected
      ? "swapped"
      : "changed";
  }

  get(at: number): number {
    return Number(this.load(at));
  }

  set(at: number, value: number): void {
    Atomics.store(this.#words, at, BigInt(value));
  }

  /** Adds one, and gives what came of it. */
  increase(at: number): number {
    return Number(Atomics.add(this.#words, at, 1n)) + 1;
  }

  /** Sees to it that a word is at least `value`: in several steps, of which the last decides. */
  raise(at: number, value: number): void {
    for (const next = BigInt(value);;) {
      const found = this.load(at);
      if (found >= next || this.swap(at, found, next) === "swapped") return;
    }
  }
}
