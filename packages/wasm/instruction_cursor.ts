/**
 * Walks the instructions of a body or a constant expression: one step is one instruction, and no object is
 * made for any.
 *
 * After `next()` has answered true, the cursor tells the instruction's opcode, where it starts, where its
 * immediates start and (as `offset`) where it ends. What the bytes say is checked as far as the grammar of
 * instructions goes (5.4); how blocks nest is for the expression checker, types are for the engine.
 */

import { shape } from "./immediate_shapes.ts";
import { ImmediateReader } from "./immediate_reader.ts";
import { skipLocals } from "./locals.ts";
import type { Code } from "./module.ts";
import { prefixedSlot, shapes } from "./opcodes.ts";

/**
 * A position among instructions.
 *
 * @example
 * ```ts ignore
 * const cursor = new InstructionCursor(module.code.bytes);
 * cursor.enterBody(module.code, 0);
 * while (cursor.next()) count(cursor.opcode, cursor.offset - cursor.start);
 * ```
 */
export class InstructionCursor extends ImmediateReader {
  /** Such as 0x6a, or 0xfd113 for 0xFD followed by 0x113. */
  opcode = 0;
  /** The opcode's index in the dense tables of opcodes.ts. */
  slot = 0;
  /** Where the instruction starts. */
  start = 0;
  /** Where its immediates start; they end at `offset`. */
  immediates = 0;

  /** Goes to the first instruction of a body. */
  enterBody(code: Code, index: number): void {
    this.enter(code.starts[index] ?? 0, code.ends[index] ?? 0);
    skipLocals(this);
  }

  /** Goes to instructions that lie between two offsets. */
  enter(start: number, end: number): void {
    this.offset = start;
    this.end = end;
  }

  /** Steps over the next instruction; false where there is none. */
  next(): boolean {
    const start = this.offset;
    if (start >= this.end) return false;
    const { bytes } = this;
    const opcode = bytes[start] ?? 0;
    const kind = shapes[opcode] ?? 0;
    const immediates = start + 1;
    this.start = start;
    this.opcode = this.slot = opcode;
    this.immediates = this.offset = immediates;
    if (kind === shape.none) return true;
    // Most instructions of real modules have one index of a single byte.
    if (kind === shape.u32 && immediates < this.end && (bytes[immediates] ?? 0x80) < 0x80) {
      this.offset = start + 2;
      return true;
    }
    if (kind === shape.prefix) this.#skipPrefixed();
    else this.skipImmediates(kind, start);
    return true;
  }

  /** The instruction's first immediate, where that is an index. */
  index(): number {
    const { bytes, offset } = this;
    const byte = bytes[this.immediates] ?? 0;
    if (byte < 0x80) return byte;
    this.offset = this.immediates;
    const index = this.readU32();
    this.offset = offset;
    return index;
  }

  #skipPrefixed(): void {
    const prefix = this.opcode;
    const suboperation = this.readU32();
    this.opcode = (prefix << 12) | Math.min(suboperation, 0xfff);
    this.slot = prefixedSlot(prefix, suboperation);
    this.immediates = this.offset;
    const kind = shapes[this.slot] ?? 0;
    if (kind !== shape.none) this.skipImmediates(kind, this.start);
  }
}
