/**
 * Which locals the loops at hand assign: found by one look ahead over each outermost loop, so that every
 * byte of a function is looked at once more at most.
 */

import { InstructionCursor } from "@skerry/wasm";
import { grownInt32 } from "./typed_lists.ts";

const localSet = 0x21;
const localTee = 0x22;

/** Assignments and ends within the outermost loop that was looked at last. */
export class LoopAssignments {
  readonly #cursor: InstructionCursor;
  /** Where each loop ends, in the order in which they begin. */
  #ends = new Int32Array(64);
  #loops = 0;
  #loopsTaken = 0;
  /** Assignments: their offsets, and the next of the same local. */
  #offsets = new Int32Array(256);
  #following = new Int32Array(256);
  #count = 0;
  /** By local: its first assignment that may still lie ahead, valid where the stamp is this look's. */
  #ahead = new Int32Array(256);
  #last = new Int32Array(256);
  #stamp = new Int32Array(256);
  #look = 0;
  /** Open blocks of a look: the number of a loop, or -1. */
  #open = new Int32Array(64);

  constructor(bytes: Uint8Array) {
    this.#cursor = new InstructionCursor(bytes);
  }

  /** Forgets what was seen of other functions. */
  clear(): void {
    this.#look += 1;
  }

  /** Looks over a loop that is in no other loop, from behind its `loop` to its `end`. */
  look(offset: number, end: number): void {
    this.#look += 1;
    this.#count = this.#loops = this.#loopsTaken = 0;
    const cursor = this.#cursor;
    cursor.enter(offset, end);
    let depth = 0;
    this.#opened(depth, this.#newLoop());
    while (cursor.next()) {
      const { opcode } = cursor;
      if (opcode === localSet || opcode === localTee) this.#assigned(cursor.index(), cursor.start);
      else if (opcode === 0x03) this.#opened(++depth, this.#newLoop());
      else if (opcode === 0x02 || opcode === 0x04 || opcode === 0x06 || opcode === 0x1f) {
        this.#opened(++depth, -1);
      } else if (opcode === 0x0b || opcode === 0x18) {
        const loop = this.#open[depth] ?? -1;
        if (loop >= 0) this.#ends[loop] = cursor.start;
        depth -= 1;
        if (depth < 0) return;
      }
    }
  }

  /** Where the next loop ends; loops are asked for in the order in which they begin. */
  takeLoopEnd(): number {
    return this.#ends[this.#loopsTaken++] ?? 0;
  }

  /** Where a local is assigned next, at or behind this offset; beyond everything where it is not. */
  nextAssignment(local: number, offset: number): number {
    if (this.#stamp[local] !== this.#look) return Infinity;
    let at = this.#ahead[local] ?? -1;
    while (at >= 0 && (this.#offsets[at] ?? 0) < offset) at = this.#following[at] ?? -1;
    this.#ahead[local] = at;
    return at < 0 ? Infinity : this.#offsets[at] ?? Infinity;
  }

  #newLoop(): number {
    if (this.#loops === this.#ends.length) this.#ends = grownInt32(this.#ends, this.#loops + 1);
    return this.#loops++;
  }

  #opened(depth: number, loop: number): void {
    if (depth === this.#open.length) this.#open = grownInt32(this.#open, depth + 1);
    this.#open[depth] = loop;
  }

  #assigned(local: number, offset: number): void {
    if (local >= this.#ahead.length) {
      // An index beyond all locals makes the module invalid.
      if (local > 100_000) return;
      this.#ahead = grownInt32(this.#ahead, local + 1);
      this.#last = grownInt32(this.#last, local + 1);
      this.#stamp = grownInt32(this.#stamp, local + 1);
    }
    const at = this.#count++;
    if (at === this.#offsets.length) {
      this.#offsets = grownInt32(this.#offsets, at + 1);
      this.#following = grownInt32(this.#following, at + 1);
    }
    this.#offsets[at] = offset;
    this.#following[at] = -1;
    if (this.#stamp[local] === this.#look) this.#following[this.#last[local] ?? 0] = at;
    else {
      this.#stamp[local] = this.#look;
      this.#ahead[local] = at;
    }
    this.#last[local] = at;
  }
}
