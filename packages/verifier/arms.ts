/**
 * What outlives the block that it was found in.
 *
 * Code that every path to a block's end passes is code before the first branch to that end. What was found there,
 * be it what a local holds or that a page is marked, is as true behind the block as in it.
 *
 * An *arm* is a stretch of code that a block's `else`, handlers and `end` delimit. Arms are numbered over the whole run.
 */

import { grownInt32 } from "./typed_lists.ts";

/** An offset beyond all code. */
export const beyondCode = 0x7fffffff;
/** How far outward an arm is looked for; beyond, nothing is known. */
const stepsMax = 256;

/** The arms of the function at hand. */
export class Arms {
  #first = 0;
  #next = 0;
  /** By arm: the one that goes on once it has ended, before that -1; from where on what it found is not true there; its end. */
  #outer = new Int32Array(256);
  #limit = new Int32Array(256);
  #end = new Int32Array(256);
  /** Where that began to be true which was looked for last. */
  since = 0;

  /** Forgets those of other functions. */
  clear(): void {
    this.#first = this.#next;
  }

  /** Begins an arm: answers its number. */
  begin(): number {
    const at = this.#next - this.#first;
    if (at === this.#outer.length) {
      this.#outer = grownInt32(this.#outer, at + 1);
      this.#limit = grownInt32(this.#limit, at + 1);
      this.#end = grownInt32(this.#end, at + 1);
    }
    this.#outer[at] = -1;
    return this.#next++;
  }

  /** Ends an arm: what it found before a limit is true in the arm that goes on. */
  end(arm: number, goesOn: number, limit: number, offset: number): void {
    this.#outer[arm - this.#first] = goesOn;
    this.#limit[arm - this.#first] = limit;
    this.#end[arm - this.#first] = offset;
  }

  /**
   * The open arm that something is true in which an arm found at an offset: the same since then, or something
   * new since an end that not all paths to it found it on. That is in `since`. -1 where it is too far to see.
   */
  openFor(arm: number, offset: number): number {
    let open = arm - this.#first;
    this.since = offset;
    for (let step = 0; step < stepsMax; step += 1) {
      const outer = this.#outer[open] ?? -1;
      if (outer < 0) return open + this.#first;
      if (this.since >= (this.#limit[open] ?? 0)) this.since = this.#end[open] ?? 0;
      open = outer - this.#first;
    }
    return -1;
  }
}
