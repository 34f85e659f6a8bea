/** Which points of a function no path reaches: the labels of open blocks, and whether anything branches there. */

import type { InstructionCursor } from "@skerry/wasm";

interface Block {
  readonly opcode: number;
  /** Whether some path comes to where it begins. */
  readonly entered: boolean;
  /** Whether something branches to its end. */
  reached: boolean;
  /** Whether it is an `if` that had no `else` so far. */
  oneArm: boolean;
}

const opening = new Set([0x02, 0x03, 0x04, 0x06, 0x1f]);
/** unreachable, throw, rethrow, throw_ref, br, br_table, return, return_call and its kin. */
const stopping = new Set([0x00, 0x08, 0x09, 0x0a, 0x0c, 0x0e, 0x0f, 0x12, 0x13, 0x15]);

/** Follows the instructions of one body. */
export class Liveness {
  readonly #blocks: Block[] = [{ opcode: 0x02, entered: true, reached: false, oneArm: false }];
  /** Whether some path comes to the next instruction. */
  live = true;
  /** Open loops. */
  loops = 0;

  /** Blocks that are open, the function's own among them. */
  get depth(): number {
    return this.#blocks.length;
  }

  /** Passes over the instruction that the cursor is at. */
  pass(cursor: InstructionCursor): void {
    const { opcode } = cursor;
    if (this.live) { for (const label of labels(cursor)) this.#reach(label); }
    if (opening.has(opcode)) {
      const oneArm = opcode === 0x04;
      this.#blocks.push({ opcode, entered: this.live, reached: false, oneArm });
      if (opcode === 0x03) this.loops += 1;
    } else if (opcode === 0x05 || opcode === 0x07 || opcode === 0x19) this.#nextArm();
    else if (opcode === 0x0b || opcode === 0x18) this.#end();
    else if (stopping.has(opcode)) this.live = false;
  }

  #reach(label: number): void {
    const block = this.#blocks.at(-1 - label);
    if (block !== undefined) block.reached = true;
  }

  #nextArm(): void {
    const block = this.#blocks.at(-1);
    if (block === undefined) return;
    block.reached ||= this.live;
    block.oneArm = false;
    this.live = block.entered;
  }

  #end(): void {
    const block = this.#blocks.pop();
    if (block === undefined) return;
    if (block.opcode === 0x03) this.loops -= 1;
    else this.live ||= block.reached || (block.oneArm && block.entered);
  }
}

/** The labels that an instruction names; those of a `try_table` count from outside of it. */
export function labels(cursor: InstructionCursor): number[] {
  const { opcode, offset } = cursor;
  if (!branching.has(opcode)) return [];
  cursor.offset = cursor.immediates;
  const found: number[] = [];
  if (opcode === 0x0e) {
    for (let left = cursor.readU32(); left >= 0; left -= 1) found.push(cursor.readU32());
  } else if (opcode === 0x1f) {
    const byte = cursor.bytes[cursor.offset];
    if (byte === 0x63 || byte === 0x64) cursor.offset += 1;
    cursor.readS33();
    for (let left = cursor.readU32(); left > 0; left -= 1) {
      if (cursor.readU8() < 2) cursor.readU32();
      found.push(cursor.readU32());
    }
  } else {
    if (opcode > 0xff) cursor.skip(1);
    found.push(cursor.readU32());
  }
  cursor.offset = offset;
  return found;
}

const branching = new Set([0x0c, 0x0d, 0x0e, 0x1f, 0xd5, 0xd6, 0xfb018, 0xfb019]);
