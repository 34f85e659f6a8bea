/**
 * The blocks that are open at a point of a function, and what the paths to it have cost (docs/artifact.md,
 * "Ticks: what is proved").
 *
 * Costs are counted for each region by itself: a function's top, and each loop without its inner loops. What
 * is kept for a region is the cost of the longest path from its start, or its last charge, to here.
 */

import { stretchUnitsMax } from "./constants.ts";
import { grown } from "./grown.ts";
import { never, Parts } from "./parts.ts";

/** What a block is. */
export const blockKind = {
  function: 0,
  block: 1,
  loop: 2,
  if: 3,
  else: 4,
  try: 5,
  catch: 6,
  tryTable: 7,
} as const;

/** What paths cost that have not paid, where all have. */
const allPaid = -(2 ** 30);
/** No more places of a weight. */
const noWeight = -1;

/** The open blocks of one function at a time. */
export class Control {
  /** The innermost block; 0 is the function's. */
  depth = 0;
  /** Operands below the innermost block, which it cannot take. */
  floor = 0;
  /** The most blocks that were open at once. */
  depthMax = 0;
  /** Loops that are open. */
  loopDepth = 0;
  /** Cost of the longest path to here, in the region at hand. */
  cost = 0;
  /** What the cost may not exceed without another charge. */
  costMax = 0;
  /** Whether every path to here has paid, by a charge in the top region. */
  paid = false;
  /** Whether no path leads here. */
  dead = false;
  /** The most that paths cost which have not paid. */
  freeCost = 0;
  /** Where not all paths to here have paid: how much less the longest costs that has not. No loop changes it. */
  #lag = 0;
  /** The innermost part of a block. */
  part = 0;
  /** Parts of blocks, and what holds behind them. */
  readonly parts = new Parts();

  kind = new Uint8Array(64);
  /** Operands below the block. */
  height = new Int32Array(64);
  params = new Uint16Array(64);
  results = new Uint16Array(64);
  /** By block: its open part, the moment of the first branch to its end, and that at which it was opened. */
  #part = new Int32Array(64);
  #firstBranch = new Int32Array(64);
  #openedAt = new Int32Array(64);
  #region = new Int32Array(64);
  #labelCost = new Int32Array(64);
  #labelUnpaid = new Int32Array(64);
  #startCost = new Int32Array(64);
  #startUnpaid = new Int32Array(64);
  #startDead = new Uint8Array(64);
  #tryCost = new Int32Array(64);
  #catchStart = new Int32Array(64);

  #regionCost = new Int32Array(16);
  #regionPeak = new Int32Array(16);
  #regionTry = new Int32Array(16);
  #regionWeights = new Int32Array(16);
  #weightAt = new Int32Array(64);
  #weightNext = new Int32Array(64);
  #weightCount = 0;
  #catches = new Int32Array(64);
  #catchCount = 0;
  readonly #preempt: boolean;
  #freeMax = 0;
  /** Whether the innermost loop pays where it turns; what a path may cost around it, and has cost without paying. */
  #paysAtTurns = false;
  #costMaxAround = 0;
  #unpaidAround = 0;

  /** @param preempt whether costs matter; without, there is no limit to them */
  constructor(preempt: boolean) {
    this.#preempt = preempt;
  }

  /**
   * Begins a function.
   *
   * @param freeMax what it may cost before it pays
   */
  begin(results: number, freeMax: number): void {
    this.#freeMax = freeMax;
    this.depth = 0;
    this.floor = 0;
    this.depthMax = 0;
    this.loopDepth = 0;
    this.cost = 0;
    this.paid = false;
    this.#lag = 0;
    this.dead = false;
    this.freeCost = 0;
    this.#weightCount = 0;
    this.#paysAtTurns = false;
    this.#catchCount = 0;
    this.#regionPeak[0] = 0;
    this.#regionTry[0] = 0;
    this.#regionWeights[0] = noWeight;
    this.kind[0] = blockKind.function;
    this.height[0] = 0;
    this.params[0] = 0;
    this.results[0] = results;
    this.#region[0] = 0;
    this.#labelCost[0] = -1;
    this.parts.begin();
    this.#newPart();
    this.#limit();
  }

  /** Opens a block; for a loop {@link openLoop}. */
  open(kind: number, height: number, params: number, results: number): void {
    this.note();
    this.#push(kind, height, params, results);
    if (kind === blockKind.try || kind === blockKind.tryTable) {
      const region = this.loopDepth;
      this.#tryCost[this.depth] = this.#regionTry[region] ?? 0;
      this.#regionTry[region] = this.cost;
      this.#catchStart[this.depth] = this.#catchCount;
    }
  }

  /** Names a block, by its depth, that a handler of the innermost block branches to. */
  addCatch(target: number): void {
    if (this.#catchCount === this.#catches.length) this.#catches = grown(this.#catches);
    this.#catches[this.#catchCount++] = target;
    if (target > 0) this.#branchNow(target);
  }

  /** Whether what has to be paid for at once may be called here. */
  get mayCall(): boolean {
    return this.paid || this.loopDepth > (this.#paysAtTurns ? 1 : 0);
  }

  /**
   * Opens a loop: a region of its own begins.
   *
   * @param pays where; a loop that pays where it turns has no others inside, and counts in the region around
   * it, as if it never turned
   */
  openLoop(height: number, params: number, results: number, pays: "start" | "turns"): void {
    this.note();
    this.#paysAtTurns = pays === "turns";
    this.#costMaxAround = this.costMax;
    this.#unpaidAround = this.#unpaid;
    this.#regionCost[this.loopDepth] = this.cost;
    this.loopDepth += 1;
    if (this.loopDepth === this.#regionCost.length) this.#growRegions();
    this.#push(blockKind.loop, height, params, results);
    this.#regionPeak[this.loopDepth] = 0;
    this.#regionTry[this.loopDepth] = 0;
    this.#regionWeights[this.loopDepth] = noWeight;
    // The branch that turns comes after the charge.
    this.cost = this.#paysAtTurns ? 1 : 0;
    this.#limit();
  }

  /** A place where the region's weight is to be written. */
  addWeight(at: number): void {
    if (this.#weightCount === this.#weightAt.length) {
      this.#weightAt = grown(this.#weightAt);
      this.#weightNext = grown(this.#weightNext);
    }
    this.#weightAt[this.#weightCount] = at;
    this.#weightNext[this.#weightCount] = this.#regionWeights[this.loopDepth] ?? noWeight;
    this.#regionWeights[this.loopDepth] = this.#weightCount++;
  }

  /** A charge stands here. */
  charged(): void {
    this.note();
    this.cost = 0;
    if (this.loopDepth === 0) this.paid = true;
    this.#limit();
  }

  /** Takes the cost of the path to here into account: before it goes down, and where paths part. */
  note(): void {
    this.#raise(this.cost);
  }

  #raise(cost: number): void {
    const { loopDepth } = this;
    if (cost > (this.#regionPeak[loopDepth] ?? 0)) this.#regionPeak[loopDepth] = cost;
    if (cost > (this.#regionTry[loopDepth] ?? 0)) this.#regionTry[loopDepth] = cost;
    if (this.paid || loopDepth > 0) return;
    if (cost - this.#lag > this.freeCost) this.freeCost = cost - this.#lag;
  }

  /** What the longest path to here costs that has not paid. */
  get #unpaid(): number {
    return this.paid ? allPaid : this.cost - this.#lag;
  }

  /** Goes on where paths cost so much at most. */
  #resume(cost: number, unpaid: number): void {
    this.cost = cost;
    this.paid = unpaid === allPaid;
    if (!this.paid) this.#lag = cost - unpaid;
  }

  /** A branch leads from here to the block with this label. */
  branch(label: number): void {
    const target = this.depth - label;
    if (target >= 0) this.#reach(target, this.cost);
  }

  /** No path goes on from here. */
  die(): void {
    this.note();
    this.dead = true;
    this.paid = true;
    this.cost = 0;
    this.#limit();
  }

  /** Turns an `if` to its `else`. */
  turnToElse(): void {
    this.#fallThrough();
    this.#closePart(0);
    const { depth } = this;
    this.kind[depth] = blockKind.else;
    this.#resume(this.#startCost[depth] ?? 0, this.#startUnpaid[depth] ?? 0);
    this.dead = this.#startDead[depth] === 1;
    this.#newPart();
    this.#limit();
  }

  /** Turns a `try` to a handler. */
  turnToCatch(): void {
    this.#fallThrough();
    this.#closePart(0);
    const { depth } = this;
    if (this.kind[depth] === blockKind.try) {
      this.#startCost[depth] = this.#leaveTry();
      if (this.#startUnpaid[depth] !== allPaid) {
        this.#startUnpaid[depth] = this.#startCost[depth] ?? 0;
      }
      this.kind[depth] = blockKind.catch;
    }
    this.#resume(this.#startCost[depth] ?? 0, this.#startUnpaid[depth] ?? 0);
    this.dead = this.#startDead[depth] === 1;
    this.#newPart();
    this.#limit();
  }

  /**
   * Closes the innermost block; answers its kind. A loop's weight is written to its places first.
   *
   * @param setWeight writes a weight
   */
  close(setWeight: (at: number, weight: number) => void): number {
    const { depth } = this;
    const kind = this.kind[depth] ?? 0;
    if (kind === blockKind.loop) {
      this.note();
      this.writeWeights(setWeight);
      this.#leaveLoop();
      this.#closePart(never);
    } else {
      // Without an else, paths part where the if is.
      const first = kind === blockKind.if ? this.#openedAt[depth] : this.#firstBranch[depth];
      this.#closePart(first ?? 0);
      if (kind === blockKind.if && this.#startDead[depth] === 0) {
        this.#merge(depth, this.#startCost[depth] ?? 0, this.#startUnpaid[depth] ?? 0);
      }
      if (kind === blockKind.try) this.#leaveTry();
      if (kind === blockKind.tryTable) this.#leaveTryTable();
      this.#fallThrough();
      const reached = this.#labelCost[depth] ?? -1;
      this.dead = reached < 0;
      if (this.dead) this.#resume(0, allPaid);
      else this.#resume(reached, this.#labelUnpaid[depth] ?? 0);
    }
    this.depth = depth - 1;
    if (this.depth >= 0) {
      this.part = this.#part[this.depth] ?? 0;
      this.floor = this.height[this.depth] ?? 0;
    }
    this.#limit();
    return kind;
  }

  /** Writes the weight of the region at hand to all its places. */
  writeWeights(setWeight: (at: number, weight: number) => void): void {
    const weight = this.#regionPeak[this.loopDepth] ?? 0;
    let entry = this.#regionWeights[this.loopDepth] ?? noWeight;
    while (entry !== noWeight) {
      setWeight(this.#weightAt[entry] ?? 0, weight);
      entry = this.#weightNext[entry] ?? noWeight;
    }
  }

  #leaveLoop(): void {
    const region = this.loopDepth - 1;
    const cost = this.#costAround(region, this.cost);
    if (this.#paysAtTurns) {
      const peak = this.#costAround(region, this.#regionPeak[this.loopDepth] ?? 0);
      const unpaid = this.#unpaidAround;
      this.loopDepth = region;
      this.#raise(peak);
      const before = this.#regionCost[region] ?? 0;
      if (region === 0 && unpaid !== allPaid) {
        this.freeCost = Math.max(this.freeCost, unpaid + peak - before);
      }
    }
    this.loopDepth = region;
    this.#paysAtTurns = false;
    this.cost = this.dead ? 0 : cost;
  }

  /** What a path that costs so much in the region at hand costs in one around it. */
  #costAround(region: number, cost: number): number {
    const before = this.#regionCost[region] ?? 0;
    return this.#paysAtTurns && region === this.loopDepth - 1 ? before + cost : before;
  }

  #push(kind: number, height: number, params: number, results: number): void {
    this.depth += 1;
    if (this.depth === this.kind.length) this.#growFrames();
    const { depth } = this;
    if (depth > this.depthMax) this.depthMax = depth;
    this.kind[depth] = kind;
    this.floor = this.height[depth] = height;
    this.params[depth] = params;
    this.results[depth] = results;
    this.#region[depth] = this.loopDepth;
    this.#labelCost[depth] = -1;
    this.#labelUnpaid[depth] = allPaid;
    this.#startCost[depth] = this.cost;
    this.#startUnpaid[depth] = this.#unpaid;
    this.#startDead[depth] = this.dead ? 1 : 0;
    this.#firstBranch[depth] = never;
    this.#openedAt[depth] = this.parts.moment;
    this.#newPart();
  }

  #newPart(): void {
    this.part = this.parts.open();
    this.#part[this.depth] = this.part;
  }

  #closePart(limit: number): void {
    this.parts.close(this.part, this.#part[this.depth - 1] ?? 0, limit);
  }

  #branchNow(target: number): void {
    const { moment } = this.parts;
    if (moment < (this.#firstBranch[target] ?? 0)) this.#firstBranch[target] = moment;
  }

  /** The end of a part of a block: what has come so far goes on after the block. */
  #fallThrough(): void {
    this.note();
    if (this.dead) return;
    this.#branchNow(this.depth);
    this.#merge(this.depth, this.cost, this.#unpaid);
  }

  #reach(target: number, costHere: number): void {
    this.note();
    if (this.dead || target === 0 || this.kind[target] === blockKind.loop) return;
    this.#branchNow(target);
    const region = this.#region[target] ?? 0;
    const cost = region === this.loopDepth ? costHere : this.#costAround(region, costHere);
    this.#merge(target, cost, this.paid ? allPaid : cost - this.#lag);
  }

  #merge(target: number, cost: number, unpaid: number): void {
    if (cost > (this.#labelCost[target] ?? 0)) this.#labelCost[target] = cost;
    if (unpaid > (this.#labelUnpaid[target] ?? 0)) this.#labelUnpaid[target] = unpaid;
  }

  /** The most that paths inside the innermost `try` cost; the `try` around it counts them too. */
  #leaveTry(): number {
    this.note();
    const region = this.loopDepth;
    const inside = this.#regionTry[region] ?? 0;
    this.#regionTry[region] = Math.max(inside, this.#tryCost[this.depth] ?? 0);
    return inside;
  }

  #leaveTryTable(): void {
    const inside = this.#leaveTry();
    const first = this.#catchStart[this.depth] ?? 0;
    if (this.#startDead[this.depth] === 0) {
      for (let entry = first; entry < this.#catchCount; entry += 1) {
        const target = this.#catches[entry] ?? 0;
        if (target <= 0 || this.kind[target] === blockKind.loop) continue;
        const region = this.#region[target] ?? 0;
        const cost = region === this.loopDepth ? inside : this.#regionCost[region] ?? 0;
        const isPaid = this.#startUnpaid[this.depth] === allPaid;
        this.#merge(target, cost, isPaid ? allPaid : cost);
      }
    }
    this.#catchCount = first;
  }

  #limit(): void {
    if (!this.#preempt) this.costMax = 2 ** 30;
    else if (this.#paysAtTurns) {
      this.costMax = this.#costMaxAround - (this.#regionCost[this.loopDepth - 1] ?? 0);
    } else if (this.paid || this.loopDepth > 0) this.costMax = stretchUnitsMax;
    else this.costMax = Math.min(stretchUnitsMax, this.#freeMax + this.#lag);
  }

  #growFrames(): void {
    this.kind = grown(this.kind);
    this.height = grown(this.height);
    this.params = grown(this.params);
    this.results = grown(this.results);
    this.#part = grown(this.#part);
    this.#firstBranch = grown(this.#firstBranch);
    this.#openedAt = grown(this.#openedAt);
    this.#region = grown(this.#region);
    this.#labelCost = grown(this.#labelCost);
    this.#labelUnpaid = grown(this.#labelUnpaid);
    this.#startCost = grown(this.#startCost);
    this.#startUnpaid = grown(this.#startUnpaid);
    this.#startDead = grown(this.#startDead);
    this.#tryCost = grown(this.#tryCost);
    this.#catchStart = grown(this.#catchStart);
  }

  #growRegions(): void {
    this.#regionCost = grown(this.#regionCost);
    this.#regionPeak = grown(this.#regionPeak);
    this.#regionTry = grown(this.#regionTry);
    this.#regionWeights = grown(this.#regionWeights);
  }
}
