/**
 * What has to be known of a function's loops before its code is rewritten: which locals each one assigns, what
 * they cost, and how they come back to their start.
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
  /** How many loops are inside each other in it: 0 where there is none. */
  height = new Uint8Array(64);
  /** Whether it has a `br_table`. */
  hasTable = new Uint8Array(64);
  /**
   * How many instructions its body has, what they cost, and what is called by it costs that may not be called
   * before the function has paid.
   */
  instructions = new Uint32Array(64);
  units = new Uint32Array(64);
  paidUnits = new Uint32Array(64);
  assignments = 0;
  assignedLocal = new Uint32Array(256);
  /** Of each open block: the loop that it is, and the one around it; -1 for none. */
  #open = new Int32Array(64);
  /** Where the last branch to its start ends; 0 where there is none. */
  turnEnd = new Uint32Array(64);
  /** Of each loop: whether it can only be plain; its branches to its start, and what the last is. */
  #plain = new Uint8Array(64);
  #turns = new Uint32Array(64);
  #turnKind = new Uint8Array(64);

  /** There are no loops in the function. */
  clear(): void {
    this.count = 0;
    this.assignments = 0;
  }

  /**
   * Reads a function's loops.
   *
   * @param cursor at the first loop of the body: of the blocks around it nothing has to be known
   * @param lastLoop where the last one begins
   */
  read(cursor: InstructionCursor, lastLoop: number, costs: CallCosts): void {
    this.clear();
    let depth = 0;
    let innermost = -1;
    let instructions = 0;
    while (cursor.next()) {
      const { opcode } = cursor;
      instructions += 1;
      switch (opcode) {
        case 0x21: // local.set
        case 0x22: // local.tee
          if (innermost >= 0) this.#assign(cursor.index());
          break;
        case 0x06: // try
        case 0x1f: // try_table
          if (innermost >= 0) this.#plain[innermost] = 1;
          depth = this.#push(depth, -1, innermost);
          break;
        case 0x02: // block
        case 0x04: // if
          depth = this.#push(depth, -1, innermost);
          break;
        case 0x03: // loop
          if (innermost >= 0) this.#count(innermost, instructions);
          instructions = 0;
          depth = this.#push(depth, this.count, innermost);
          innermost = this.#begin(cursor);
          break;
        case 0x0c: // br
        case 0x0d: // br_if
          if (innermost >= 0) this.#branch(cursor, depth);
          break;
        case 0x0e: // br_table
          if (innermost >= 0) this.hasTable[innermost] = 1;
          break;
        case 0x09: // rethrow
        case 0xd5: // br_on_null
        case 0xd6: // br_on_non_null
        case 0xfb018: // br_on_cast
        case 0xfb019: // br_on_cast_fail
          if (innermost >= 0) this.#plain[innermost] = 1;
          break;
        case 0x0b: // end
        case 0x18: // delegate
          depth = Math.max(depth - 1, 0);
          if (innermost < 0 || (this.#open[depth * 2] ?? -1) < 0) break;
          this.#count(innermost, instructions);
          instructions = 0;
          innermost = this.#end(innermost, this.#open[depth * 2 + 1] ?? -1, cursor.start);
          if (innermost < 0 && cursor.start > lastLoop) return;
          break;
        case 0x10: // call
        case 0x12: // return_call
          if (innermost >= 0) this.#call(innermost, cursor.index(), costs);
          break;
        case 0x11: // call_indirect
        case 0x13: // return_call_indirect
        case 0x14: // call_ref
        case 0x15: // return_call_ref
          if (innermost >= 0) add(this.paidUnits, innermost, freeUnitsMax);
      }
    }
  }

  #push(depth: number, loop: number, outer: number): number {
    if (depth * 2 + 2 > this.#open.length) this.#open = grown(this.#open);
    this.#open[depth * 2] = loop;
    this.#open[depth * 2 + 1] = outer;
    return depth + 1;
  }

  #begin(cursor: InstructionCursor): number {
    const loop = this.count++;
    if (loop === this.turning.length) this.#grow();
    this.turning[loop] = 0;
    this.height[loop] = 0;
    this.hasTable[loop] = 0;
    this.#turns[loop] = 0;
    this.#turnKind[loop] = 0;
    this.instructions[loop] = 0;
    this.units[loop] = 0;
    this.paidUnits[loop] = 0;
    this.firstAssignment[loop] = this.assignments;
    // Types that are written in one byte: none, or that of one result.
    const type = cursor.bytes[cursor.immediates] ?? 0;
    const isShort = cursor.offset === cursor.immediates + 1;
    this.#plain[loop] = isShort && type >= 0x40 && type < 0x80 ? 0 : 1;
    if (type !== 0x40) this.#turnKind[loop] = turning.anywhere;
    return loop;
  }

  #branch(cursor: InstructionCursor, depth: number): void {
    const target = depth - 1 - cursor.index();
    const loop = target < 0 ? -1 : this.#open[target * 2] ?? -1;
    if (loop < 0) return;
    add(this.#turns, loop, 1);
    this.turnEnd[loop] = cursor.offset;
    const { lastIf, last, anywhere } = turning;
    // With a result, a `br_if` that comes last would leave it behind.
    const isIf = cursor.opcode === 0x0d;
    const hasResult = this.#turnKind[loop] === anywhere;
    if (hasResult && isIf) return;
    this.#turnKind[loop] = target !== depth - 1 ? anywhere : isIf ? lastIf : last;
  }

  #count(loop: number, instructions: number): void {
    add(this.instructions, loop, instructions);
    add(this.units, loop, instructions);
  }

  #call(loop: number, functionIndex: number, { callable, done, free }: CallCosts): void {
    const units = done[functionIndex] === 1 ? free[functionIndex] ?? 0 : recursiveUnitsMax;
    if (callable[functionIndex] === 1) add(this.units, loop, units);
    else add(this.paidUnits, loop, units + 1);
  }

  /** A loop ends at an offset; answers the loop around it. */
  #end(loop: number, outer: number, end: number): number {
    this.endAssignment[loop] = this.assignments;
    const turns = this.#turns[loop] ?? 0;
    const atEnd = turns === 1 && this.turnEnd[loop] === end && this.hasTable[loop] === 0;
    const turnsAtAll = turns > 0 || this.hasTable[loop] === 1;
    if (turnsAtAll && this.#plain[loop] === 0) {
      this.turning[loop] = atEnd ? this.#turnKind[loop] ?? 0 : turning.anywhere;
    }
    if (outer < 0) return outer;
    // What is inside counts for the loop around it too.
    add(this.instructions, outer, this.instructions[loop] ?? 0);
    add(this.units, outer, this.units[loop] ?? 0);
    add(this.paidUnits, outer, this.paidUnits[loop] ?? 0);
    if (this.#plain[loop] === 1) this.#plain[outer] = 1;
    if (this.hasTable[loop] === 1) this.hasTable[outer] = 1;
    const height = Math.min((this.height[loop] ?? 0) + 1, 255);
    if (height > (this.height[outer] ?? 0)) this.height[outer] = height;
    return outer;
  }

  #assign(local: number): void {
    if (this.assignments === this.assignedLocal.length) {
      this.assignedLocal = grown(this.assignedLocal);
    }
    this.assignedLocal[this.assignments] = local;
    this.assignments += 1;
  }

  #grow(): void {
    this.turning = grown(this.turning);
    this.height = grown(this.height);
    this.hasTable = grown(this.hasTable);
    this.instructions = grown(this.instructions);
    this.units = grown(this.units);
    this.paidUnits = grown(this.paidUnits);
    this.firstAssignment = grown(this.firstAssignment);
    this.endAssignment = grown(this.endAssignment);
    this.#plain = grown(this.#plain);
    this.#turns = grown(this.#turns);
    this.turnEnd = grown(this.turnEnd);
    this.#turnKind = grown(this.#turnKind);
  }
}

/** Adds to an item of a list. Where it is more than a list can hold, it is as much as it can. */
function add(list: Uint32Array, at: number, units: number): void {
  list[at] = Math.min((list[at] ?? 0) + units, 2 ** 30);
}
