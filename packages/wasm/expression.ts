/**
 * How blocks nest in an expression: each `end` closes something, `else` follows an `if`, the legacy `catch`
 * and `delegate` follow a `try`, and the expression's own `end` is its last instruction (5.4.1, 5.4.9).
 */

import type { InstructionCursor } from "./instruction_cursor.ts";

const frame = { expression: 0, block: 1, if: 2, else: 3, try: 4, catch: 5, catchAll: 6 } as const;

/** Checks expressions one after the other; its stack is used again for each. */
export class ExpressionChecker {
  readonly #cursor: InstructionCursor;
  #frames = new Uint8Array(256);
  #depth = 0;
  /** Whether instructions that name a data segment are refused: in bodies, without a data count section. */
  dataCountMissing = false;

  constructor(cursor: InstructionCursor) {
    this.#cursor = cursor;
  }

  /** Takes the cursor past one expression, its closing `end` included. */
  check(): void {
    const cursor = this.#cursor;
    this.#depth = 0;
    this.#frames[0] = frame.expression;
    while (cursor.next()) {
      const { opcode } = cursor;
      if (opcode <= 0x1f) {
        if (this.#control(opcode)) return;
      } else if (opcode > 0xff && this.dataCountMissing) {
        this.#requireDataCount(opcode);
      }
    }
    cursor.fail("unexpected end: END opcode expected");
  }

  /** Whether the expression is at its end. */
  #control(opcode: number): boolean {
    switch (opcode) {
      case 0x02: // block
      case 0x03: // loop
      case 0x1f: // try_table
        this.#push(frame.block);
        return false;
      case 0x04: // if
        this.#push(frame.if);
        return false;
      case 0x05: // else
        this.#turn(frame.if, frame.if, frame.else, "else");
        return false;
      case 0x06: // try
        this.#push(frame.try);
        return false;
      case 0x07: // catch
        this.#turn(frame.try, frame.catch, frame.catch, "catch");
        return false;
      case 0x19: // catch_all
        this.#turn(frame.try, frame.catch, frame.catchAll, "catch_all");
        return false;
      case 0x18: // delegate closes its try
        this.#turn(frame.try, frame.try, frame.try, "delegate");
        this.#depth -= 1;
        return false;
      case 0x0b: // end
        this.#depth -= 1;
        return this.#depth < 0;
      default:
        return false;
    }
  }

  #push(kind: number): void {
    this.#depth += 1;
    if (this.#depth === this.#frames.length) {
      const grown = new Uint8Array(this.#frames.length * 2);
      grown.set(this.#frames);
      this.#frames = grown;
    }
    this.#frames[this.#depth] = kind;
  }

  /** The innermost block goes on as another kind, if it is one of the two that may. */
  #turn(from: number, orFrom: number, to: number, name: string): void {
    const kind = this.#frames[this.#depth];
    if (kind !== from && kind !== orFrom) {
      this.#cursor.fail(`unexpected ${name}`, this.#cursor.start);
    }
    this.#frames[this.#depth] = to;
  }

  /** 5.5.17: data indexes in bodies, but not in constant expressions, need the data count section. */
  #requireDataCount(opcode: number): void {
    switch (opcode) {
      case 0xfc008: // memory.init
      case 0xfc009: // data.drop
      case 0xfb009: // array.new_data
      case 0xfb012: // array.init_data
        this.#cursor.fail("data count section required", this.#cursor.start);
    }
  }
}
