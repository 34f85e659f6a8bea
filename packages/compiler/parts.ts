/**
 * The parts of blocks that what is known was learnt in (docs/artifact.md, "Marks: what is proved").
 *
 * A block has one part, an `if` with an `else` two, and a `try` one more for each handler. What was learnt in a part
 * holds where it is open; and behind its block too, if every path to there has passed where it was learnt: if that was
 * before the first branch to the block's end. Moments are counted by what is learnt; parts have serial
 * numbers, which are never used twice.
 */

import { grown } from "./grown.ts";

/** A moment after all others. */
export const never = 2 ** 30;
/** How many parts are followed outward; beyond, what was learnt is forgotten. */
const stepsMax = 32;

/** The parts of one function at a time. */
export class Parts {
  /** How many things were learnt so far. */
  moment = 0;
  /** The first part of the function, and the next one. */
  #first = 1;
  #next = 1;
  /** By part: the part around it, or 0 while it is open; and the moment from which on what it has learnt is void. */
  #around = new Int32Array(256);
  #limit = new Int32Array(256);

  /** Begins a function. */
  begin(): void {
    this.moment = 0;
    this.#first = this.#next;
  }

  /** Opens a part; answers its serial number. */
  open(): number {
    const part = this.#next++;
    const at = part - this.#first;
    if (at === this.#around.length) {
      this.#around = grown(this.#around);
      this.#limit = grown(this.#limit);
    }
    this.#around[at] = 0;
    return part;
  }

  /** Closes a part: what it has learnt before a moment holds in the part around it. */
  close(part: number, around: number, limit: number): void {
    const at = part - this.#first;
    this.#around[at] = around;
    this.#limit[at] = limit;
  }

  /** The open part in which something holds that was learnt in a part at a moment; 0 where it holds no more. */
  holdsIn(part: number, moment: number): number {
    let holds = part;
    for (let step = 0; step < stepsMax; step += 1) {
      const at = holds - this.#first;
      if (at < 0) return 0;
      const around = this.#around[at] ?? 0;
      if (around === 0) return holds;
      if (moment >= (this.#limit[at] ?? 0)) return 0;
      holds = around;
    }
    return 0;
  }
}
