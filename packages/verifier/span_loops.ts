/**
 * Loops before which a span of pages is marked (docs/artifact.md, "Marks: what is proved", rule 5): what has to be
 * true of their code so that a local stays within the span.
 */

import { InstructionCursor } from "@skerry/wasm";
import type { Snippets } from "./snippets.ts";

/** The locals that a span is told by: where it begins, the local that goes through it, its bound and its stride. */
export interface SpanLocals {
  readonly local: number;
  readonly bound: number;
  readonly stride: number;
}

const [localGet, localSet, localTee] = [0x20, 0x21, 0x22];
const [branch, branchIf, end] = [0x0c, 0x0d, 0x0b];
/** How far a step has come: `get x  get s  add  tee x  get n  lt_u  [eqz]  br_if`. */
const step = { none: 0, got: 1, stride: 2, sum: 3, taken: 4, bound: 5, compared: 6, negated: 7 };

/** Looks over one loop at a time. */
export class SpanLoops {
  readonly #cursor: InstructionCursor;
  readonly #snippets: Snippets;

  constructor(bytes: Uint8Array, snippets: Snippets) {
    this.#cursor = new InstructionCursor(bytes);
    this.#snippets = snippets;
  }

  /**
   * Where a loop ends in all of which the local is in the span; -1 where that is not so.
   *
   * @param start of the `loop`
   */
  look(start: number, bodyEnd: number, span: SpanLocals): number {
    if (span.local === span.bound || span.local === span.stride) return -1;
    const cursor = this.#cursor;
    cursor.enter(start, bodyEnd);
    if (!cursor.next() || cursor.opcode !== 0x03) return -1;
    let at = step.none;
    while (cursor.next()) {
      const opcode: number = cursor.opcode;
      if (at < step.taken && opcode === 0x23) {
        const behind = this.#snippets.charge(cursor.start);
        if (behind >= 0) {
          cursor.offset = behind;
          at = step.none;
          continue;
        }
      }
      if (at >= step.compared && opcode === branchIf) {
        const label = cursor.index();
        // It leaves the loop where the bound is reached, or turns where it is not and then ends.
        if (at === step.compared) return label === 0 ? this.#endNext() : -1;
        if (label === 0) return -1;
        at = step.none;
      } else if (opcode < 0x1a && opcode !== 0x01) {
        if (at >= step.taken) return -1;
        if (opcode === end) return cursor.start;
        return opcode === branch && cursor.index() === 0 ? this.#endNext() : -1;
      } else at = this.#next(at, span);
      if (at < 0) return -1;
    }
    return -1;
  }

  /** Where the loop ends, if its `end` is next. */
  #endNext(): number {
    return this.#cursor.next() && this.#cursor.opcode === end ? this.#cursor.start : -1;
  }

  /** How far a step has come with the plain instruction at hand; -1 where that is none for such a loop. */
  #next(at: number, { local, bound, stride }: SpanLocals): number {
    const { opcode } = this.#cursor;
    const index = opcode >= localGet && opcode <= localTee ? this.#cursor.index() : -1;
    if (opcode === localGet) {
      if (at === step.got && index === stride) return step.stride;
      if (at === step.taken) return index === bound ? step.bound : -1;
      if (at < step.taken) return index === local ? step.got : step.none;
      return -1;
    }
    if (opcode === localTee && at === step.sum && index === local) return step.taken;
    if (opcode === localSet || opcode === localTee) {
      if (at >= step.taken || index === local || index === bound || index === stride) return -1;
      return step.none;
    }
    if (at === step.stride && opcode === 0x6a) return step.sum;
    if (at === step.bound) return opcode === 0x49 ? step.compared : -1;
    if (at === step.compared) return opcode === 0x45 ? step.negated : -1;
    // What branches or handles exceptions, and has a longer code.
    if (at >= step.taken || opcode === 0x1f || opcode === 0xd5 || opcode === 0xd6) return -1;
    return opcode >= 0xfb018 && opcode <= 0xfb019 ? -1 : step.none;
  }
}
