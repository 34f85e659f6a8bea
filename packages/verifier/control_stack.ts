/** The blocks that are open, each with what has to be known again where it ends. */

import { Arms, beyondCode } from "./arms.ts";
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

/** Open blocks, the innermost at `depth`; the function's own is at 0. */
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
  /** Where the first branch to the block's end is, on a path that can be taken. */
  firstBranch = new Int32Array(64);
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
  readonly arms = new Arms();

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
    this.firstBranch[at] = beyondCode;
    this.arm[at] = this.arms.begin();
    return at;
  }

  /** A branch to the end of the block at this depth. */
  reach(depth: number, offset: number): void {
    if (offset < (this.firstBranch[depth] ?? 0)) this.firstBranch[depth] = offset;
  }

  /** The innermost block goes on with another arm, in which nothing is true that the one before found. */
  beginArm(offset: number): void {
    const { depth } = this;
    const arm = this.arms.begin();
    this.arms.end(this.arm[depth] ?? 0, arm, 0, offset);
    this.arm[depth] = arm;
  }

  /** The innermost block ends: answers up to where its last arm found what is true behind it. */
  close(offset: number): number {
    const { depth } = this;
    const kind = this.kind[depth];
    let limit = this.firstBranch[depth] ?? 0;
    if (kind === frame.loop) limit = beyondCode;
    // Without an else, paths part where the if is.
    else if (kind === frame.if) limit = this.start[depth] ?? 0;
    this.arms.end(this.arm[depth] ?? 0, this.arm[depth - 1] ?? 0, limit, offset);
    this.depth = depth - 1;
    return limit;
  }

  #grow(): void {
    const needed = this.depth + 1;
    this.kind = grownInt32(this.kind, needed);
    this.height = grownInt32(this.height, needed);
    this.params = grownInt32(this.params, needed);
    this.results = grownInt32(this.results, needed);
    this.start = grownInt32(this.start, needed);
    this.arm = grownInt32(this.arm, needed);
    this.firstBranch = grownInt32(this.firstBranch, needed);
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
