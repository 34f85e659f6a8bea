/**
 * Writes the body of a small loop several times behind one charge (docs/artifact.md, "Unrolled loops"), which
 * the engine no longer does for a loop that has a call in it.
 */

import type { InstructionCursor } from "@skerry/wasm";
import type { BodyOutput } from "./body_output.ts";
import { blockKind, type Control } from "./control.ts";
import { type Loops, unrolling } from "./loops.ts";

/** Bodies up to so many instructions are written four times, larger ones twice. */
const smallBodyInstructionsMax = 24;

/** How a loop is unrolled. */
export interface Copies {
  /** Whether a block stands around it, for the copies to leave it by. */
  readonly wrapped: boolean;
  /** How many more times its body is written. */
  readonly more: number;
}

/** How a loop is unrolled; undefined where it is not. */
export function copiesOf(loops: Loops, index: number): Copies | undefined {
  const how = loops.unroll[index] ?? unrolling.none;
  if (how === unrolling.none) return undefined;
  const small = (loops.instructions[index] ?? 0) <= smallBodyInstructionsMax;
  return { wrapped: how === unrolling.exitsAtEnd, more: small ? 3 : 1 };
}

/** The loop that is being unrolled, if there is one: such loops have no others inside. */
export class Unrolling {
  readonly #cursor: InstructionCursor;
  readonly #output: BodyOutput;
  readonly #control: Control;
  /** Where its body starts in the module, its depth, and how many copies are to come. */
  #loop:
    | { readonly wrapped: boolean; left: number; readonly depth: number; readonly start: number }
    | undefined;

  constructor(cursor: InstructionCursor, output: BodyOutput, control: Control) {
    this.#cursor = cursor;
    this.#output = output;
    this.#control = control;
  }

  /** Opens the block around the loop at hand, above so many operands. */
  wrap(height: number): void {
    this.#output.copyUpTo(this.#cursor.start);
    this.#output.reserve(16);
    this.#output.standFor(this.#cursor.start);
    this.#output.u8(0x02);
    this.#output.u8(0x40);
    this.#control.open(blockKind.block, height, 0, 0);
  }

  /** Begins the body of a loop, which was just opened. */
  begin(copies: Copies | undefined): void {
    this.#loop = copies === undefined ? undefined : {
      wrapped: copies.wrapped,
      left: copies.more,
      depth: this.#control.depth,
      start: this.#cursor.offset,
    };
  }

  /** The label of the branch at hand. With a block of ours around the loop, those beyond it are one more. */
  label(): number {
    const label = this.#cursor.index();
    const loop = this.#loop;
    if (loop === undefined || !loop.wrapped) return label;
    if (label <= this.#control.depth - loop.depth) return label;
    this.#output.replace(this.#cursor.start, this.#cursor.offset);
    this.#output.reserve(16);
    this.#output.op(this.#cursor.opcode, label + 1);
    return label + 1;
  }

  /** Whether the branch at hand ends a copy that is not the last: then the next one is gone on with. */
  turns(): boolean {
    const loop = this.#loop;
    const control = this.#control;
    const cursor = this.#cursor;
    if (loop === undefined || loop.left === 0 || control.depth !== loop.depth) return false;
    if (cursor.index() !== 0) return false;
    loop.left -= 1;
    this.#output.copyUpTo(cursor.start);
    if (loop.wrapped) {
      this.#output.reserve(16);
      this.#output.standFor(cursor.start);
      this.#output.u8(0x45); // i32.eqz
      this.#output.standFor(cursor.start);
      this.#output.op(0x0d, 1); // br_if
      control.cost += 1;
      control.branch(1);
    }
    this.#output.continueFrom(loop.start);
    cursor.offset = loop.start;
    return true;
  }

  /** A block at this depth was closed: where it was the loop, the block around it is closed too. */
  closed(depth: number, setWeight: (at: number, weight: number) => void): void {
    const loop = this.#loop;
    if (loop === undefined || loop.depth !== depth) return;
    this.#loop = undefined;
    if (!loop.wrapped) return;
    this.#output.copyUpTo(this.#cursor.offset);
    this.#output.reserve(16);
    this.#output.standFor(this.#cursor.start);
    this.#output.u8(0x0b);
    this.#control.close(setWeight);
  }
}
