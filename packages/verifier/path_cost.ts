/**
 * What the paths of a function cost between the places where it pays (docs/artifact.md, "Ticks").
 *
 * `cost` is the document's s: of the longest path from the region's start or the last charge to here.
 * Beside it goes the cost of the longest path on which nothing was charged; it is `unreachable` where there
 * is none, which makes the point *paid*. What a call costs that is free to its callee's charge is the
 * largest of the latter, so that the calls at paid points do not matter for it.
 */

import { costMax, freeUnitsMax, unreachable } from "./constants.ts";
import { type ControlStack, frame } from "./control_stack.ts";
import { grownInt32 } from "./typed_lists.ts";

const noWeight = 0x7fffffff;

/** The costs of the function at hand. The walk adds to `cost` and `unpaidCost` as it goes. */
export class PathCost {
  /** The walk adds an instruction's cost to both; below 0 where no path comes here. */
  cost = 0;
  unpaidCost = 0;
  /** How many loops are open. */
  region = 0;
  /** Whether the innermost loop pays where it turns. There are no loops in one that does. */
  paysAtTurns = false;
  /** The largest cost of a path to a point that is not paid. */
  free = 0;
  /** By region: its largest cost, its smallest weight, and what the region around it had before the loop. */
  #largest = new Int32Array(64);
  #weight = new Int32Array(64);
  #entryCost = new Int32Array(64);
  #entryUnpaidCost = new Int32Array(64);
  /** Largest costs within the innermost `try` of this region. */
  #tryCost = unreachable;
  #tryUnpaidCost = unreachable;
  readonly #control: ControlStack;

  constructor(control: ControlStack) {
    this.#control = control;
  }

  get reachable(): boolean {
    return this.cost >= 0;
  }

  /** Whether some path comes here that has not paid. */
  get unpaid(): boolean {
    return this.cost >= 0 && this.unpaidCost >= 0;
  }

  /** Begins a function, whose own block is open. */
  enterFunction(): void {
    this.cost =
      this.unpaidCost =
      this.region =
      this.free =
        0;
    this.paysAtTurns = false;
    this.#largest[0] = 0;
    this.#weight[0] = noWeight;
    this.#tryCost = this.#tryUnpaidCost = unreachable;
  }

  /** Ends it: whether the charges of its top region suffice. */
  leaveFunction(): string | undefined {
    this.#note();
    if (this.free > freeUnitsMax) return `may cost ${this.free} units without paying`;
    const needed = this.#largest[0] ?? 0;
    const weight = this.#weight[0] ?? 0;
    return weight < needed ? `charges ${weight} for paths of up to ${needed}` : undefined;
  }

  /** What the instruction at hand costs beyond one unit. */
  add(units: number): void {
    if (this.cost < 0) return;
    this.cost = Math.min(this.cost + units, costMax);
    if (this.unpaidCost >= 0) this.unpaidCost = Math.min(this.unpaidCost + units, costMax);
  }

  /** A charge. */
  charge(weight: number): void {
    if (this.cost < 0) return;
    this.#note();
    this.#weigh(weight);
    this.cost = 0;
    // What pays for a loop's turns pays for nothing of what is around it.
    this.unpaidCost = this.paysAtTurns && this.unpaidCost >= 0 ? 0 : unreachable;
  }

  /** Nothing follows the instruction at hand. */
  stop(): void {
    this.#note();
    this.cost = this.unpaidCost = unreachable;
  }

  /** A branch to the label of the open block at this depth; answers whether it is paid for. */
  branch(depth: number): boolean {
    this.#note();
    if (this.cost < 0) return true;
    this.#reach(depth, this.cost, this.unpaidCost);
    // Behind a charge there is nothing but the branch. At the loop's start the branch is counted already, so
    // that no path from there costs as little.
    return !this.#isTurn(depth) || this.cost <= 1;
  }

  /** Whether a branch to the label of the block at this depth turns a loop that has to pay for that. */
  #isTurn(depth: number): boolean {
    const { kind, region } = this.#control;
    return this.paysAtTurns && kind[depth] === frame.loop && region[depth] === this.region - 1;
  }

  /** A block begins that is no loop. */
  enterBlock(depth: number, kind: number): void {
    const control = this.#control;
    control.region[depth] = this.region;
    control.entryCost[depth] = this.cost;
    control.entryUnpaidCost[depth] = this.unpaidCost;
    if (kind !== frame.try && kind !== frame.tryTable) return;
    this.#note();
    this.#beginTry(depth, this.cost, this.unpaidCost);
  }

  /** The `else` of an `if`. */
  turnToElse(depth: number): void {
    this.branch(depth);
    this.cost = this.#control.entryCost[depth] ?? 0;
    this.unpaidCost = this.#control.entryUnpaidCost[depth] ?? 0;
  }

  /** A handler of a legacy `try`; `first` where its body ends here. */
  turnToHandler(depth: number, first: boolean): void {
    const control = this.#control;
    if (first) this.#endTryBody(depth);
    this.branch(depth);
    this.cost = control.entryCost[depth] ?? 0;
    this.unpaidCost = control.entryUnpaidCost[depth] ?? 0;
  }

  /** The body of a `try_table` or `try` ends; what its handlers have is then in the block's entry costs. */
  #endTryBody(depth: number): void {
    const control = this.#control;
    this.#noteTry(this.cost, this.unpaidCost);
    const wasReachable = (control.entryCost[depth] ?? 0) >= 0;
    control.entryCost[depth] = wasReachable ? this.#tryCost : unreachable;
    control.entryUnpaidCost[depth] = (control.entryUnpaidCost[depth] ?? 0) >= 0
      ? Math.max(0, this.#tryUnpaidCost)
      : unreachable;
    this.#endTry(depth);
  }

  /** The `end` of a `try_table`, before its block is closed. */
  endTryTable(depth: number): void {
    this.#endTryBody(depth);
  }

  /** A `try_table` whose body has ended sends exceptions to the label of this block; answers as {@link branch}. */
  catchTo(tryDepth: number, depth: number): boolean {
    const control = this.#control;
    const cost = control.entryCost[tryDepth] ?? 0;
    if (cost < 0) return true;
    this.#reach(depth, cost, control.entryUnpaidCost[tryDepth] ?? 0);
    return !this.#isTurn(depth);
  }

  /** The `end` of a block that is no loop. */
  leaveBlock(depth: number, kind: number): void {
    const control = this.#control;
    if (kind === frame.try) this.#endTryBody(depth);
    this.branch(depth);
    if (kind === frame.if && (control.entryCost[depth] ?? 0) >= 0) {
      this.#reach(depth, control.entryCost[depth] ?? 0, control.entryUnpaidCost[depth] ?? 0);
    }
    this.cost = control.cost[depth] ?? 0;
    this.unpaidCost = control.unpaidCost[depth] ?? 0;
  }

  /** A loop begins, which pays at its start or where it turns. */
  enterLoop(depth: number, pays: "start" | "turns"): void {
    this.#note();
    const control = this.#control;
    control.region[depth] = this.region;
    const region = this.region + 1;
    if (region === this.#largest.length) this.#grow();
    this.#entryCost[region] = this.cost;
    this.#entryUnpaidCost[region] = this.unpaidCost;
    this.#largest[region] = 0;
    this.#weight[region] = noWeight;
    this.#beginTry(depth, unreachable, unreachable);
    this.region = region;
    this.paysAtTurns = pays === "turns";
    // The branch that turns comes after the charge.
    const start = this.paysAtTurns ? 1 : 0;
    this.cost = this.cost < 0 ? unreachable : start;
    this.unpaidCost = this.unpaidCost < 0 ? unreachable : start;
  }

  /** Its `end`: whether it pays enough. */
  leaveLoop(depth: number): string | undefined {
    this.#note();
    const { region } = this;
    const largest = this.#largest[region] ?? 0;
    const weight = this.#weight[region] ?? 0;
    const falls = this.cost >= 0;
    const cost = falls ? this.#around(region, this.#entryCost, this.cost) : unreachable;
    const unpaidCost = falls
      ? this.#around(region, this.#entryUnpaidCost, this.unpaidCost)
      : unreachable;
    const entryCost = this.#entryCost[region] ?? 0;
    const entryUnpaidCost = this.#entryUnpaidCost[region] ?? 0;
    this.region = region - 1;
    this.#tryCost = this.#control.outerTryCost[depth] ?? 0;
    this.#tryUnpaidCost = this.#control.outerTryUnpaidCost[depth] ?? 0;
    if (this.paysAtTurns) {
      this.paysAtTurns = false;
      this.cost = plus(entryCost, largest);
      this.unpaidCost = plus(entryUnpaidCost, largest);
      this.#note();
    }
    this.cost = cost;
    this.unpaidCost = unpaidCost;
    return weight < largest ? `a loop pays ${weight} for paths of up to ${largest}` : undefined;
  }

  /** What a path that costs so much in the region at hand costs around a loop, before which there was a cost. */
  #around(loop: number, costBefore: Int32Array, cost: number): number {
    const before = costBefore[loop] ?? 0;
    return this.paysAtTurns && loop === this.region ? plus(before, cost) : before;
  }

  #reach(depth: number, cost: number, unpaidCost: number): void {
    const control = this.#control;
    const kind = control.kind[depth];
    if (kind === frame.loop || kind === frame.function) return;
    const outer = (control.region[depth] ?? 0) + 1;
    const leaves = outer <= this.region;
    const reached = leaves ? this.#around(outer, this.#entryCost, cost) : cost;
    const unpaid = leaves ? this.#around(outer, this.#entryUnpaidCost, unpaidCost) : unpaidCost;
    if (reached > (control.cost[depth] ?? 0)) control.cost[depth] = reached;
    if (unpaid > (control.unpaidCost[depth] ?? 0)) control.unpaidCost[depth] = unpaid;
  }

  #note(): void {
    const { cost, unpaidCost, region } = this;
    if (cost > (this.#largest[region] ?? 0)) this.#largest[region] = cost;
    if (region === 0 && unpaidCost > this.free) this.free = unpaidCost;
    this.#noteTry(cost, unpaidCost);
  }

  #noteTry(cost: number, unpaidCost: number): void {
    if (cost > this.#tryCost) this.#tryCost = cost;
    if (unpaidCost > this.#tryUnpaidCost) this.#tryUnpaidCost = unpaidCost;
  }

  #weigh(weight: number): void {
    if (weight < (this.#weight[this.region] ?? 0)) this.#weight[this.region] = weight;
  }

  #beginTry(depth: number, cost: number, unpaidCost: number): void {
    this.#control.outerTryCost[depth] = this.#tryCost;
    this.#control.outerTryUnpaidCost[depth] = this.#tryUnpaidCost;
    this.#tryCost = cost;
    this.#tryUnpaidCost = unpaidCost;
  }

  #endTry(depth: number): void {
    const { outerTryCost, outerTryUnpaidCost } = this.#control;
    this.#tryCost = Math.max(this.#tryCost, outerTryCost[depth] ?? 0);
    this.#tryUnpaidCost = Math.max(this.#tryUnpaidCost, outerTryUnpaidCost[depth] ?? 0);
  }

  #grow(): void {
    const needed = this.region + 2;
    this.#largest = grownInt32(this.#largest, needed);
    this.#weight = grownInt32(this.#weight, needed);
    this.#entryCost = grownInt32(this.#entryCost, needed);
    this.#entryUnpaidCost = grownInt32(this.#entryUnpaidCost, needed);
  }
}

/** A sum of costs; there is none where no path comes. */
function plus(before: number, cost: number): number {
  return before < 0 || cost < 0 ? unreachable : Math.min(before + cost, costMax);
}
