/**
 * The symbolic values of locals.
 *
 * A local has a new value where paths meet: at the start of a loop that assigns it, and at the `else`, a
 * handler or the `end` of a block that has assigned it, if not all paths to there have. Instead of going over locals at each such place, a
 * local is looked at again when it is read next: was there such a place since its value was set?
 */

import type { ControlStack } from "./control_stack.ts";
import type { LoopAssignments } from "./loop_assignments.ts";
import { unknownBase } from "./operand_stack.ts";
import { grownFloat64, grownInt32 } from "./typed_lists.ts";
import type { ValueNumbers } from "./value_numbers.ts";

/** Locals of the function at hand. After {@link read}, its value is in `base` and `displacement`. */
export class LocalValues {
  base = new Int32Array(256);
  displacement = new Float64Array(256);
  /** Since where the local has the value on all paths, and the arm that this is in. */
  #offset = new Int32Array(256);
  #arm = new Int32Array(256);
  /** The moment at which the value was last known to hold. */
  #moment = new Float64Array(256);
  /** The function that all this is about. */
  #function = new Float64Array(256);
  #now = 0;
  #currentFunction = 0;
  readonly #control: ControlStack;
  readonly #numbers: ValueNumbers;
  readonly #assignments: LoopAssignments;
  /** Open loops: where they start and end, and how deep they lie among the blocks. */
  #loopStarts = new Int32Array(64);
  #loopEnds = new Int32Array(64);
  #loopDepths = new Int32Array(64);
  #loops = 0;

  constructor(control: ControlStack, numbers: ValueNumbers, assignments: LoopAssignments) {
    this.#control = control;
    this.#numbers = numbers;
    this.#assignments = assignments;
  }

  /** Begins another function. */
  clear(): void {
    this.#currentFunction += 1;
    this.#now += 1;
    this.#loops = 0;
    this.#assignments.clear();
  }

  /** Makes sure that the value of a local is up to date. */
  read(local: number, offset: number): void {
    if (this.#moment[local] !== this.#now) this.#update(local, offset);
  }

  /** A local gets a value; answers its base, which is new where the value was unknown. */
  set(local: number, base: number, displacement: number, offset: number): number {
    if (local >= this.base.length) this.#grow(local);
    const known = base === unknownBase ? this.#numbers.fresh() : base;
    this.base[local] = known;
    this.displacement[local] = base === unknownBase ? 0 : displacement;
    this.#offset[local] = offset;
    this.#arm[local] = this.#control.arm[this.#control.depth] ?? 0;
    this.#moment[local] = this.#now;
    this.#function[local] = this.#currentFunction;
    return known;
  }

  /** Paths meet. */
  meet(): void {
    this.#now += 1;
  }

  /** A loop begins, whose block is the innermost; `bodyEnd` is that of the function. */
  enterLoop(offset: number, bodyStart: number, bodyEnd: number): void {
    const at = this.#loops;
    if (at === 0) this.#assignments.look(bodyStart, bodyEnd);
    if (at === this.#loopStarts.length) {
      this.#loopStarts = grownInt32(this.#loopStarts, at + 1);
      this.#loopEnds = grownInt32(this.#loopEnds, at + 1);
      this.#loopDepths = grownInt32(this.#loopDepths, at + 1);
    }
    this.#loopStarts[at] = offset;
    this.#loopEnds[at] = this.#assignments.takeLoopEnd();
    this.#loopDepths[at] = this.#control.depth;
    this.#loops = at + 1;
    this.#now += 1;
  }

  /** The innermost loop ends. */
  leaveLoop(): void {
    this.#loops -= 1;
  }

  #update(local: number, offset: number): void {
    if (local >= this.base.length) this.#grow(local);
    const { arm, depth, arms } = this.#control;
    if (this.#function[local] !== this.#currentFunction) {
      this.#renew(local, -1, arm[0] ?? 0);
    } else {
      const setAt = this.#offset[local] ?? 0;
      const open = arms.openFor(this.#arm[local] ?? 0, setAt);
      if (open < 0) this.#renew(local, offset, arm[depth] ?? 0);
      else if (arms.since === setAt) this.#arm[local] = open;
      else this.#renew(local, arms.since, open);
    }
    if (this.#loops > 0) this.#meetLoops(local, offset);
    this.#moment[local] = this.#now;
  }

  /** The innermost open loop that assigns the local again, where it began after the value was set. */
  #meetLoops(local: number, offset: number): void {
    const next = this.#assignments.nextAssignment(local, offset);
    if (next === Infinity || next > (this.#loopEnds[0] ?? 0)) return;
    let low = 0;
    let high = this.#loops - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#loopEnds[middle] ?? 0) > next) low = middle;
      else high = middle - 1;
    }
    const start = this.#loopStarts[low] ?? 0;
    if (start <= (this.#offset[local] ?? 0)) return;
    const depth = this.#loopDepths[low] ?? 0;
    this.#renew(local, start, this.#control.arm[depth] ?? 0);
  }

  #renew(local: number, offset: number, arm: number): void {
    this.base[local] = this.#numbers.fresh();
    this.displacement[local] = 0;
    this.#offset[local] = offset;
    this.#arm[local] = arm;
    this.#function[local] = this.#currentFunction;
  }

  #grow(local: number): void {
    const needed = local + 1;
    this.base = grownInt32(this.base, needed);
    this.displacement = grownFloat64(this.displacement, needed);
    this.#offset = grownInt32(this.#offset, needed);
    this.#arm = grownInt32(this.#arm, needed);
    this.#moment = grownFloat64(this.#moment, needed);
    this.#function = grownFloat64(this.#function, needed);
  }
}
