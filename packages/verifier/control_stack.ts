/** The blocks that are open, each with what has to be known again where it ends. */

import { unreachable } from "./constants.ts";
import { grownInt32 } from "./typed_lists.ts";

/** What a block is. A `try` becomes a `handler` at its first `catch`, an `if` an `else`. */
export const frame = {
  function: 0,
  block: 1,
  loop: 2,
  if: 3,
  else: 4,
  try: 5,
  handler: 6,
  tryTable: 7,
} as const;

/**
 * Open blocks, the innermost at `depth`; the function's own is at 0.
 *
 * An *arm* is a stretch of code that a block's `else`, handlers and `end` delimit. Arms are numbered over
 * the whole run, so a number tells whether an arm is still open.
 */
export class ControlStack {
  depth = -1;
  kind = new Int32Array(64);
  /** Operands below the block's parameters. */
  height = new Int32Array(64);
  params = new Int32Array(64);
  results = new Int32Array(64);
  /** Offset where the block starts. */
  start = new Int32Array(64);
  arm = new Int32Array(64);
  /** Facts that there were when the block was opened. */
  facts = new Int32Array(64);
  /** The region that the block's end belongs to. */
  region = new Int32Array(64);
  /** Of the paths that reach the block's end so far: the longest, and the longest that is not paid. */
  cost = new Int32Array(64);
  unpaidCost = new Int32Array(64);
  /** The same at the `if`, or what an exception's handlers have. */
  entryCost = new Int32Array(64);
  entryUnpaidCost = new Int32Array(64);
  /** The maximums of the enclosing `try`, while this block has its own. */
  outerTryCost = new Int32Array(64);
  outerTryUnpaidCost = new Int32Array(64);
  /** Where the catch clauses of a `try_table` are written. */
  catches = new Int32Array(64);
  #nextArm = 0;

  /** Opens a block; costs are for path_cost.ts to fill in. */
  open(kind: number, offset: number, height: number, params: number, results: number): number {
    this.depth += 1;
    const at = this.depth;
    if (at === this.kind.length) this.#grow();
    this.kind[at] = kind;
    this.height[at] = height;
    this.params[at] = params;
    this.results[at] = results;
    this.cost[at] = unreachable;
    this.unpaidCost[at] = unreachable;
    this.start[at] = offset;
    this.beginArm();
    return at;
  }

  /** The innermost block goes on with another arm. */
  beginArm(): void {
    this.#nextArm += 1;
    this.arm[this.depth] = this.#nextArm;
  }

  /** The innermost open block that this offset lies in, be it in an arm of it that has ended. */
  depthOf(offset: number): number {
    let low = 0;
    let high = this.depth;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.start[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #grow(): void {
    const needed = this.depth + 1;
    this.kind = grownInt32(this.kind, needed);
    this.height = grownInt32(this.height, needed);
    this.params = grownInt32(this.params, needed);
    this.results = grownInt32(this.results, needed);
    this.start = grownInt32(this.start, needed);
    this.arm = grownInt32(this.arm, needed);
    this.facts = grownInt32(this.facts, needed);
    this.region = grownInt32(this.region, needed);
    this.cost = grownInt32(this.cost, needed);
    this.unpaidCost = grownInt32(this.unpaidCost, needed);
    this.entryCost = grownInt32(this.entryCost, needed);
    this.entryUnpaidCost = grownInt32(this.entryUnpaidCost, needed);
    this.outerTryCost = grownInt32(this.outerTryCost, needed);
    this.outerTryUnpaidCost = grownInt32(this.outerTryUnpaidCost, needed);
    this.catches = grownInt32(this.catches, needed);
  }
}
