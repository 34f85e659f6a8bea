/**
 * Where a function that makes many calls pays for all of them: at the last place that every path to a call
 * outside of loops passes. What it does on other ways, such as when there is nothing to do, is then free.
 *
 * A place is passed by every path to what follows in its block. So it is the last one before the first call
 * whose block goes on until the last call.
 */

import { grown } from "./grown.ts";

/** Follows the blocks and calls of one function at a time. */
export class PayPlace {
  #depth = 0;
  #loops = 0;
  /** Where each open block begins, and whether it is a loop. */
  #starts = new Uint32Array(64);
  #isLoop = new Uint8Array(64);
  /** The first call, the blocks that it is in, and the least that were open since, until now and until a call. */
  #first = 0;
  #around = new Uint32Array(0);
  #least = 0;
  #leastAtCall = 0;

  /** Begins a function. */
  begin(): void {
    this.#depth = 0;
    this.#loops = 0;
    this.#first = 0;
  }

  /** A block begins. */
  open(start: number, isLoop: boolean): void {
    if (this.#depth === this.#starts.length) {
      this.#starts = grown(this.#starts);
      this.#isLoop = grown(this.#isLoop);
    }
    this.#starts[this.#depth] = start;
    this.#isLoop[this.#depth] = isLoop ? 1 : 0;
    this.#depth += 1;
    if (isLoop) this.#loops += 1;
  }

  /** A block goes on in a way that another part of it does not lead to: `else`, `catch`. */
  turn(): void {
    this.#least = Math.min(this.#least, this.#depth - 1);
  }

  /** A block ends, or the function. */
  end(): void {
    if (this.#depth === 0) return;
    this.#depth -= 1;
    this.#loops -= this.#isLoop[this.#depth] ?? 0;
    this.#least = Math.min(this.#least, this.#depth);
  }

  /** A call. */
  call(start: number): void {
    if (this.#loops > 0) return;
    if (this.#first === 0) {
      this.#first = start;
      this.#around = this.#starts.slice(0, this.#depth);
      this.#least = this.#depth;
    }
    this.#leastAtCall = this.#least;
  }

  /** The offset of the instruction to pay before; 0 where there is no call outside of loops. */
  get offset(): number {
    return this.#first === 0 ? 0 : this.#around[this.#leastAtCall] ?? this.#first;
  }
}
