/** Shared words in whose use others come between: for tests of what happens then. */

import { SharedWords } from "../shared_words.ts";

/** Calls something before each step. */
export class SteppedWords extends SharedWords {
  readonly #before: () => void;

  constructor(memory: ArrayBufferLike, before: () => void) {
    super(memory);
    this.#before = before;
  }

  override load(at: number): bigint {
    this.#before();
    return super.load(at);
  }

  override upper(at: number): number {
    this.#before();
    return super.upper(at);
  }

  override swap(at: number, expected: bigint, next: bigint): "swapped" | "changed" {
    this.#before();
    return super.swap(at, expected, next);
  }

  override set(at: number, value: number): void {
    this.#before();
    super.set(at, value);
  }

  override increase(at: number): number {
    this.#before();
    return super.increase(at);
  }
}
