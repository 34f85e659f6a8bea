/**
 * What has to be known of a function's loops before its code is rewritten: which locals each one assigns, how
 * often its body may be written, and whether it calls something that does not pay for itself.
 */

import type { InstructionCursor } from "@skerry/wasm";
import { grown } from "./grown.ts";

/** How often a loop's body is written: once, or more where it is small, with its exit at the end or before. */
export const unrolling = { none: 0, exitsAtEnd: 1, exitsBefore: 2 } as const;

/** Bodies up to so many instructions are written this often. */
const unrolledInstructionsMax = 48;

/** The loops of one function at a time, in the order in which they begin. */
export class Loops {
  count = 0;
  /** Of each loop: its assignments are those from `first` to `end`. */
  firstAssignment = new Uint32Array(64);
  endAssignment = new Uint32Array(64);
  /** Whether it, or a loop inside it, calls what may not be called before the function has paid. */
  calls = new Uint8Array(64);
  /** Whether, and how, its body may be written several times. */
  unroll = new Uint8Array(64);
  /** Instructions of its body; only of loops without inner ones. */
  instructions = new Uint32Array(64);
  assignments = 0;
  assignedLocal = new Uint32Array(256);
  #open = new Int32Array(64);

  /** There are no loops in the function. */
  clear(): void {
    this.count = 0;
    this.assignments = 0;
  }

  /**
   * Reads a function's loops.
   *
   * @param cursor at the first instruction of the body
   * @param mayCallUnpaid of each function, whether it may be called before the caller has paid
   */
  read(cursor: InstructionCursor, mayCallUnpaid: Uint8Array): void {
    this.count = 0;
    this.assignments = 0;
    let depth = 0;
    let innermost = -1;
    // Of the innermost loop, as long as no other has begun since: its depth, its instructions, its branches to
    // its own start, and where the last of these ends.
    let loopDepth = -1;
    let length = 0;
    let turns = 0;
    let turnEnd = 0;
    let turnKind = 0;
    while (cursor.next()) {
      const { opcode } = cursor;
      length += 1;
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
          loopDepth = -1;
          depth = this.#push(depth, -1);
          break;
        case 0x03: // loop
          depth = this.#push(depth, innermost);
          innermost = this.#begin(depth);
          loopDepth = cursor.bytes[cursor.immediates] === 0x40 ? depth : -1;
          length = turns = 0;
          break;
        case 0x0c: // br
        case 0x0d: // br_if
          if (loopDepth >= 0 && cursor.index() === depth - loopDepth) {
            turns += 1;
            turnEnd = cursor.offset;
            turnKind = depth !== loopDepth
              ? unrolling.none
              : opcode === 0x0d
              ? unrolling.exitsAtEnd
              : unrolling.exitsBefore;
          }
          break;
        case 0x09: // rethrow
        case 0x0e: // br_table
        case 0xd5: // br_on_null
        case 0xd6: // br_on_non_null
        case 0xfb018: // br_on_cast
        case 0xfb019: // br_on_cast_fail
          loopDepth = -1;
          break;
        case 0x0b: // end
        case 0x18: // delegate
          if (depth === loopDepth && opcode === 0x0b) {
            if (turns === 1 && turnEnd === cursor.start && length <= unrolledInstructionsMax) {
              this.unroll[innermost] = turnKind;
              this.instructions[innermost] = length;
            }
            loopDepth = -1;
          }
          depth -= 1;
          if (depth >= 0 && this.#open[depth * 2] === 1) {
            innermost = this.#end(innermost, this.#open[depth * 2 + 1] ?? -1);
          }
          break;
        case 0x10: // call
        case 0x12: // return_call
          loopDepth = -1;
          if (innermost >= 0 && mayCallUnpaid[cursor.index()] === 0) this.calls[innermost] = 1;
          break;
        case 0x11: // call_indirect
        case 0x13: // return_call_indirect
        case 0x14: // call_ref
        case 0x15: // return_call_ref
          loopDepth = -1;
          if (innermost >= 0) this.calls[innermost] = 1;
      }
    }
  }

  #push(depth: number, outer: number): number {
    if (depth * 2 + 2 > this.#open.length) this.#open = grown(this.#open);
    this.#open[depth * 2] = 0;
    this.#open[depth * 2 + 1] = outer;
    return depth + 1;
  }

  #begin(depth: number): number {
    this.#open[(depth - 1) * 2] = 1;
    if (this.count === this.calls.length) {
      this.calls = grown(this.calls);
      this.unroll = grown(this.unroll);
      this.instructions = grown(this.instructions);
      this.firstAssignment = grown(this.firstAssignment);
      this.endAssignment = grown(this.endAssignment);
    }
    this.calls[this.count] = 0;
    this.unroll[this.count] = unrolling.none;
    this.firstAssignment[this.count] = this.assignments;
    return this.count++;
  }

  #end(loop: number, outer: number): number {
    this.endAssignment[loop] = this.assignments;
    if (outer >= 0 && this.calls[loop] === 1) this.calls[outer] = 1;
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
