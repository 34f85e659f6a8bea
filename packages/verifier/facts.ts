/**
 * Which pages are known to be marked: those of certain values, in certain memories.
 *
 * Facts are kept in the order in which they came, so that a block's end forgets what not all paths to it have
 * found by going back; those about one base are linked. Only the newest of a base are looked at:
 * forgetting is always sound.
 */

import { factsMax, pageBytes, slackBytes } from "./constants.ts";
import { constantBase, unknownBase } from "./operand_stack.ts";
import { grownFloat64, grownInt32 } from "./typed_lists.ts";

/** The facts of the function at hand. */
export class Facts {
  #memories = new Int32Array(256);
  #bases = new Int32Array(256);
  #displacements = new Float64Array(256);
  #inBounds = new Int32Array(256);
  /** Where they were found. */
  #offsets = new Int32Array(256);
  /** The fact before it about the same base; -1 where there is none. */
  #previous = new Int32Array(256);
  /** By base, its newest fact, if that is still about this base: other functions leave theirs behind. */
  #newest = new Int32Array(256);
  #count = 0;

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** Forgets everything. */
  clear(): void {
    this.#count = 0;
  }

  /** Forgets the newest, but for so many, and but for those that were found before an offset. */
  forget(count: number, limit: number): void {
    while (this.#count > count && (this.#offsets[this.#count - 1] ?? 0) >= limit) {
      this.#count -= 1;
      this.#newest[this.#bases[this.#count] ?? 0] = this.#previous[this.#count] ?? -1;
    }
  }

  /** The page of this value is marked; where it is in bounds, displacements from it do not wrap. */
  add(
    memory: number,
    base: number,
    displacement: number,
    inBounds: boolean,
    offset: number,
  ): void {
    if (base === unknownBase) return;
    const at = this.#count;
    if (at === this.#bases.length) this.#grow();
    if (base >= this.#newest.length) this.#newest = grownInt32(this.#newest, base + 1);
    this.#memories[at] = memory;
    this.#bases[at] = base;
    this.#displacements[at] = displacement;
    this.#inBounds[at] = inBounds ? 1 : 0;
    this.#offsets[at] = offset;
    this.#previous[at] = this.#newestOf(base);
    this.#newest[base] = at;
    this.#count = at + 1;
  }

  /** Whether a store of `width` bytes at a value and a constant offset falls within what is restored. */
  cover(
    memory: number,
    base: number,
    displacement: number,
    offset: number,
    width: number,
  ): boolean {
    if (base === unknownBase) return false;
    let at = this.#newestOf(base);
    for (let step = 0; step < factsMax && at >= 0; step += 1) {
      if (this.#memories[at] === memory) {
        const marked = this.#displacements[at] ?? 0;
        // Of a constant it is known where its page begins; of others that it ends behind them.
        const from = base === constantBase ? Math.floor(marked / pageBytes) * pageBytes : marked;
        const most = base === constantBase ? pageBytes + slackBytes : slackBytes;
        const distance = displacement + offset - from;
        if (
          (displacement === marked || this.#inBounds[at] === 1) && distance >= 0 &&
          distance + width <= most
        ) return true;
      }
      at = this.#previous[at] ?? -1;
    }
    return false;
  }

  #newestOf(base: number): number {
    const at = this.#newest[base] ?? -1;
    return at < this.#count && this.#bases[at] === base ? at : -1;
  }

  #grow(): void {
    const needed = this.#count + 1;
    this.#memories = grownInt32(this.#memories, needed);
    this.#bases = grownInt32(this.#bases, needed);
    this.#displacements = grownFloat64(this.#displacements, needed);
    this.#inBounds = grownInt32(this.#inBounds, needed);
    this.#offsets = grownInt32(this.#offsets, needed);
    this.#previous = grownInt32(this.#previous, needed);
  }
}
