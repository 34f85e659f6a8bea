/**
 * What has to be known of a function's loops before its code is rewritten: which locals each one assigns, and,
 * of loops without others inside, what they cost and how they come back to their start.
 */

import type { InstructionCursor } from "@skerry/wasm";
import { freeUnitsMax, recursiveUnitsMax } from "./constants.ts";
import { grown } from "./grown.ts";

/**
 * How a loop comes back to its start: in a way that only a plain loop has, by a `br_if` or `br` that is its last
 * instruction and its only one there, or from anywhere.
 */
export const turning = { plain: 0, lastIf: 1, last: 2, anywhere: 3 } as const;

/** What the calls of a module's functions cost, as far as it is known. */
export interface CallCosts {
  /** Functions that may be called before the caller has paid. */
  readonly callable: Uint8Array;
  /** Functions whose cost is known. */
  readonly done: Uint8Array;
  /** What a call costs beside what the function pays itself. */
  readonly free: Uint16Array;
}

/** The loops of one function at a time, in the order in which they begin. */
export class Loops {
  count = 0;
  /** Of each loop: its assignments are those from `first` to `end`. */
  firstAssignment = new Uint32Array(64);
  endAssignment = new Uint32Array(64);
  /** How it comes back to its start. */
  turning = new Uint8Array(64);
  /**
   * Of each loop that is not plain: how many instructions its body has, what they cost, and what is called by
   * it costs that may not be called before the function has paid.
   */
  instructions = new Uint32Array(64);
  units = new Uint32Array(64);
  paidUnits = new Uint32Array(64);
  assignments = 0;
  assignedLocal = new Uint32Array(256);
  #open = new Int32Array(64);
  /** Of the innermost loop, as long as it may be other than plain: its depth, else -1. */
  #depth = -1;
  #instructions = 0;
  #units = 0;
  #paidUnits = 0;
  /** Its branches to its own start, where the last of these ends, and what it is. */
  #turns = 0;
  #turnEnd = 0;
  #turnKind = 0;
  #hasResult = false;

  /** There are no loops in the function. */
  clear(): void {
    this.count = 0;
    this.assignments = 0;
  }

  /**
   * Reads a function's loops.
   *
   * @param cursor at the first instruction of the body
   */
  read(cursor: InstructionCursor, costs: CallCosts): void {
    this.clear();
    this.#depth = -1;
    let depth = 0;
    let innermost = -1;
    while (cursor.next()) {
      const { opcode } = cursor;
      this.#instructions += 1;
      switch (opcode) {
        case 0x21: // local.set
        case 0x22: // local.tee
          if (innermost >= 0) this.#assign(cursor.index());
          break;
        case 0x02: // block
        case 0x04: // if
          depth = this.#push(depth, -1);
          break;
        case 0x06: // try
        case 0x1f: // try_table
          this.#depth = -1;
          depth = this.#push(depth, -1);
          break;
        case 0x03: // loop
          depth = this.#push(depth, innermost);
          innermost = this.#begin(depth, cursor);
          break;
        case 0x0c: // br
        case 0x0d: // br_if
          if (this.#depth >= 0) this.#branch(cursor, depth);
          break;
        case 0x0e: // br_table
          // It may branch anywhere, as far as this goes.
          this.#turns += 2;
          break;
        case 0x09: // rethrow
        case 0xd5: // br_on_null
        case 0xd6: // br_on_non_null
        case 0xfb018: // br_on_cast
        case 0xfb019: // br_on_cast_fail
          this.#depth = -1;
          break;
        case 0x0b: // end
        case 0x18: // delegate
          if (depth === this.#depth && opcode === 0x0b) this.#classify(innermost, cursor.start);
          depth -= 1;
          if (depth >= 0 && this.#open[depth * 2] === 1) {
            innermost = this.#end(innermost, this.#open[depth * 2 + 1] ?? -1);
          }
          break;
        case 0x10: // call
        case 0x12: // return_call
          this.#call(cursor.index(), costs);
          break;
        case 0x11: // call_indirect
        case 0x13: // return_call_indirect
        case 0x14: // call_ref
        case 0x15: // return_call_ref
          this.#paidUnits += freeUnitsMax;
      }
    }
  }

  #push(depth: number, outer: number): number {
    if (depth * 2 + 2 > this.#open.length) this.#open = grown(this.#open);
    this.#open[depth * 2] = 0;
    this.#open[depth * 2 + 1] = outer;
    return depth + 1;
  }

  #begin(depth: number, cursor: InstructionCursor): number {
    this.#open[(depth - 1) * 2] = 1;
    if (this.count === this.turning.length) {
      this.turning = grown(this.turning);
      this.instructions = grown(this.instructions);
      this.units = grown(this.units);
      this.paidUnits = grown(this.paidUnits);
      this.firstAssignment = grown(this.firstAssignment);
      this.endAssignment = grown(this.endAssignment);
    }
    this.turning[this.count] = turning.plain;
    this.firstAssignment[this.count] = this.assignments;
    // Types that are written in one byte: none, or that of one result.
    const type = cursor.bytes[cursor.immediates] ?? 0;
    const isShort = cursor.offset === cursor.immediates + 1;
    this.#depth = isShort && type >= 0x40 && type < 0x80 ? depth : -1;
    this.#hasResult = type !== 0x40;
    this.#instructions = 0;
    this.#units = 0;
    this.#paidUnits = 0;
    this.#turns = 0;
    return this.count++;
  }

  #branch(cursor: InstructionCursor, depth: number): void {
    if (cursor.index() !== depth - this.#depth) return;
    this.#turns += 1;
    this.#turnEnd = cursor.offset;
    this.#turnKind = depth !== this.#depth
      ? turning.anywhere
      : cursor.opcode === 0x0d
      ? turning.lastIf
      : turning.last;
  }

  /** The innermost loop ends at an offset. */
  #classify(loop: number, end: number): void {
    this.#depth = -1;
    if (this.#turns === 0) return;
    const atEnd = this.#turns === 1 && this.#turnEnd === end;
    const kind = atEnd ? this.#turnKind : turning.anywhere;
    this.turning[loop] = this.#hasResult && kind === turning.lastIf ? turning.anywhere : kind;
    this.instructions[loop] = this.#instructions;
    this.units[loop] = this.#instructions + this.#units;
    this.paidUnits[loop] = this.#paidUnits;
  }

  #call(functionIndex: number, { callable, done, free }: CallCosts): void {
    const units = done[functionIndex] === 1 ? free[functionIndex] ?? 0 : recursiveUnitsMax;
    if (callable[functionIndex] === 1) this.#units += units;
    else this.#paidUnits += units + 1;
  }

  #end(loop: number, outer: number): number {
    this.endAssignment[loop] = this.assignments;
    return outer;
  }

  #assign(local: number): void {
    if (this.assignments === this.assignedLocal.length) {
      this.assignedLocal = grown(this.assignedLocal);
    }
    this.assignedLocal[this.assignments] = local;
    this.assignments += 1;
  }
}
