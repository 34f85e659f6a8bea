/**
 * How loops are written: where they pay, and how many times their body is there
 * (docs/artifact.md, "Loops that were rewritten").
 *
 * A loop that turns only a few times pays nothing by itself when it pays where it turns instead of where it
 * starts; and one charge stands for several turns when the body is written several times. The engine unrolls
 * no loop that has a call in it, so this is done here.
 */

import type { InstructionCursor } from "@skerry/wasm";
import type { BodyOutput } from "./body_output.ts";
import { stretchUnitsMax } from "./constants.ts";
import { blockKind, type Control } from "./control.ts";
import { type Loops, turning } from "./loops.ts";

/** How a loop is written. */
export interface LoopForm {
  readonly turning: number;
  /** Where it pays. */
  readonly pays: "start" | "turns";
  /** How many more times its body is written. */
  readonly more: number;
}

const { plain, lastIf, anywhere } = turning;
const asItIs: LoopForm = { turning: plain, pays: "start", more: 0 };

interface Copies {
  readonly instructionsMax: number;
  readonly more: number;
}

/**
 * How many more times a body is written that has up to so many instructions. Loops that are tested last count and go through
 * arrays: there the copies share marks too, and gain most.
 */
const copiesTestedLast: readonly Copies[] = [
  { instructionsMax: 16, more: 7 },
  { instructionsMax: 48, more: 3 },
  { instructionsMax: 100, more: 1 },
];
const copiesOfOthers: readonly Copies[] = [
  { instructionsMax: 12, more: 7 },
  { instructionsMax: 24, more: 3 },
  { instructionsMax: 100, more: 1 },
];

/** A loop that turns by a `br_table` is an interpreter's: these are written twice, up to so many instructions. */
const interpreterInstructionsMax = 400;
/** Loops with others inside likewise, but not with loops in those. */
const outerInstructionsMax = 64;

/** What a loop may cost, with its copies, that pays where it turns: it is paid for even if it is left at once. */
const turningUnitsMax = 1024;
/** What our own instructions cost at most, for each copy. */
const ownUnits = 4;

/** Decides how a loop is written. */
export function formOf(loops: Loops, index: number, control: Control): LoopForm {
  const how = loops.turning[index] ?? plain;
  if (how === plain) return asItIs;
  const calls = loops.paidUnits[index] ?? 0;
  // It pays before it calls.
  if (calls > 0 && !control.mayCall) return asItIs;
  const once = (loops.units[index] ?? 0) + calls + ownUnits;
  const wanted = moreOf(loops, index);
  const room = control.costMax - control.cost - ownUnits;
  if (loops.height[index] === 0) {
    for (let more = wanted; more >= 0; more = more === 0 ? -1 : more >> 1) {
      const units = once * (more + 1);
      if (units <= Math.min(room, turningUnitsMax)) return { turning: how, pays: "turns", more };
    }
  }
  if (wanted === 0 || room < 0 || once * (wanted + 1) > stretchUnitsMax) return asItIs;
  return { turning: how, pays: "start", more: wanted };
}

/** How many more times a loop's body is to be written. */
function moreOf(loops: Loops, index: number): number {
  const instructions = loops.instructions[index] ?? 0;
  switch (loops.height[index]) {
    case 0: {
      if (loops.hasTable[index] === 1 && instructions <= interpreterInstructionsMax) return 1;
      const copies = loops.turning[index] === lastIf ? copiesTestedLast : copiesOfOthers;
      return copies.find(({ instructionsMax }) => instructions <= instructionsMax)?.more ?? 0;
    }
    case 1: {
      // The loops inside are written several times in each copy.
      const most = loops.hasTable[index] === 1 ? interpreterInstructionsMax : outerInstructionsMax;
      return instructions <= most ? 1 : 0;
    }
    default:
      return 0;
  }
}

interface OpenLoop extends LoopForm {
  /** Its number in the function. */
  readonly index: number;
  left: number;
  /** Depth of the loop, and that at which its body is. */
  readonly depth: number;
  readonly bodyDepth: number;
  /** By how much labels beyond the loop are more. */
  readonly added: number;
  /** Where its body starts in the module. */
  readonly start: number;
}

/** The loops that are being rewritten. */
export class Unrolling {
  readonly #cursor: InstructionCursor;
  readonly #output: BodyOutput;
  readonly #control: Control;
  readonly #setWeight: (at: number, weight: number) => void;
  /** Writes a charge. */
  readonly #charge: () => void;
  readonly #open: OpenLoop[] = [];
  /** The number of the next loop. */
  #next = 0;

  constructor(
    cursor: InstructionCursor,
    output: BodyOutput,
    control: Control,
    setWeight: (at: number, weight: number) => void,
    charge: () => void,
  ) {
    this.#cursor = cursor;
    this.#output = output;
    this.#control = control;
    this.#setWeight = setWeight;
    this.#charge = charge;
  }

  /** Begins a function. */
  enterFunction(): void {
    this.#open.length = 0;
    this.#next = 0;
  }

  /** The number of the loop that begins. */
  next(): number {
    return this.#next++;
  }

  /** Before a loop: opens the block around it that the copies leave it by. */
  wrap({ turning: how }: LoopForm, height: number, results: number): void {
    if (how !== lastIf && how !== anywhere) return;
    const { bytes, immediates, start } = this.#cursor;
    this.#output.copyUpTo(start);
    this.#block(bytes[immediates] ?? 0, height, results);
  }

  /** After the start of a loop, and its charge. */
  begin(form: LoopForm, index: number): void {
    if (form.turning === plain) return;
    const { depth } = this.#control;
    const inBlock = form.turning === anywhere;
    this.#open.push({
      ...form,
      index,
      left: form.more,
      depth,
      bodyDepth: inBlock ? depth + 1 : depth,
      added: inBlock ? 2 : form.turning === lastIf ? 1 : 0,
      start: this.#cursor.offset,
    });
    if (!inBlock) return;
    this.#output.copyUpTo(this.#cursor.offset);
    this.#block(emptyType, this.#control.height[depth] ?? 0, 0);
  }

  /** The label that a branch has now. */
  label(label: number): number {
    const { depth } = this.#control;
    let now = label;
    for (let at = this.#open.length - 1; at >= 0; at -= 1) {
      const loop = this.#open[at];
      if (loop === undefined || now <= depth - loop.bodyDepth) return now;
      now += loop.added;
    }
    return now;
  }

  /** Rewrites the `br` or `br_if` at hand; answers its label. */
  branch(): number {
    const before = this.#cursor.index();
    const label = this.label(before);
    if (label === before) return label;
    this.#output.replace(this.#cursor.start, this.#cursor.offset);
    this.#output.reserve(16);
    this.#output.op(this.#cursor.opcode, label);
    return label;
  }

  /** Rewrites the `br_table` at hand, whose labels these are. */
  branchTable(labels: readonly number[]): readonly number[] {
    if (this.#open.length === 0) return labels;
    const rewritten = labels.map((label) => this.label(label));
    if (rewritten.every((label, at) => label === labels[at])) return labels;
    this.#output.replace(this.#cursor.start, this.#cursor.offset);
    this.#output.reserve(16 + labels.length * 5);
    this.#output.op(0x0e, labels.length - 1);
    for (const label of rewritten) this.#output.u32(label);
    return rewritten;
  }

  /** Whether the branch at hand is the last instruction of a loop, and has been taken care of. */
  turns(): boolean {
    const loop = this.#open.at(-1);
    const control = this.#control;
    const cursor = this.#cursor;
    if (loop === undefined || control.depth !== loop.depth || cursor.index() !== 0) return false;
    if (loop.left === 0 && loop.pays === "start") return false;
    this.#output.copyUpTo(cursor.start);
    this.#output.reserve(16);
    if (loop.turning === lastIf) {
      this.#output.standFor(cursor.start);
      this.#output.u8(0x45); // i32.eqz
      this.#output.standFor(cursor.start);
      this.#output.op(0x0d, 1); // br_if
      control.cost += 1;
      control.branch(1);
    }
    if (loop.left > 0) {
      this.#again(loop);
      return true;
    }
    this.#charge();
    this.#output.replace(cursor.start, cursor.offset);
    this.#turn();
    return true;
  }

  /** Whether the `end` at hand is that of a body in a block of ours, which another copy follows. */
  ends(): boolean {
    const loop = this.#open.at(-1);
    const control = this.#control;
    const cursor = this.#cursor;
    if (loop?.turning !== anywhere || control.depth !== loop.bodyDepth) return false;
    this.#output.copyUpTo(cursor.start);
    this.#output.reserve(16);
    if (!control.dead) {
      this.#output.standFor(cursor.start);
      this.#output.op(0x0c, 2); // br
      control.cost += 1;
      control.branch(2);
      control.die();
    } else if ((control.results[loop.depth] ?? 0) > 0) {
      // What is on the stack where no path comes is not this block's to give.
      this.#output.standFor(cursor.start);
      this.#output.u8(0x00); // unreachable
    }
    this.#output.standFor(cursor.start);
    this.#output.u8(0x0b); // end
    control.close(this.#setWeight);
    if (loop.left > 0 && !control.dead) {
      this.#block(emptyType, control.height[loop.depth] ?? 0, 0);
      this.#again(loop);
      return true;
    }
    if (loop.pays === "turns") this.#charge();
    this.#output.standFor(cursor.start);
    this.#turn();
    return false;
  }

  /** A block at this depth was closed: where it was the loop, the block around it is closed too. */
  closed(depth: number): void {
    const loop = this.#open.at(-1);
    if (loop === undefined || loop.depth !== depth) return;
    this.#open.pop();
    if (loop.added === 0) return;
    this.#output.copyUpTo(this.#cursor.offset);
    this.#output.reserve(16);
    this.#output.standFor(this.#cursor.start);
    this.#output.u8(0x0b);
    this.#control.close(this.#setWeight);
  }

  #block(type: number, height: number, results: number): void {
    this.#output.reserve(16);
    this.#output.standFor(this.#cursor.start);
    this.#output.u8(0x02);
    this.#output.u8(type);
    this.#control.cost += 1;
    this.#control.open(blockKind.block, height, 0, results);
  }

  #again(loop: OpenLoop): void {
    loop.left -= 1;
    this.#output.continueFrom(loop.start);
    this.#cursor.offset = loop.start;
    this.#next = loop.index + 1;
  }

  #turn(): void {
    this.#output.reserve(16);
    this.#output.op(0x0c, 0); // br
    this.#control.cost += 1;
    this.#control.branch(0);
    this.#control.die();
  }
}

const emptyType = 0x40;
