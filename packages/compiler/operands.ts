/**
 * The operands on the stack at a point of a function: the value of each, and the local that it was read from.
 */

import type { InstructionCursor } from "@skerry/wasm";
import type { Control } from "./control.ts";
import { grown } from "./grown.ts";
import { unknownValue, type Values, zeroValue } from "./values.ts";

/** A local that an operand was read from, where none is. */
export const noHome = -1;

/** The operands of one function at a time. */
export class Operands {
  /** How many there are. */
  height = 0;
  value = new Int32Array(1024);
  displacement = new Float64Array(1024);
  home = new Int32Array(1024);
  readonly #cursor: InstructionCursor;
  readonly #control: Control;
  readonly #values: Values;

  constructor(cursor: InstructionCursor, control: Control, values: Values) {
    this.#cursor = cursor;
    this.#control = control;
    this.#values = values;
  }

  /** Operands below the innermost block, which it cannot take. */
  get floor(): number {
    return this.#control.floor;
  }

  /** i32.const and i64.const. */
  constant(opcode: number): void {
    const value = this.#constantValue(opcode);
    if (value === undefined) this.push(unknownValue, 0, noHome);
    else this.push(zeroValue, value, noHome);
  }

  #constantValue(opcode: number): number | undefined {
    const cursor = this.#cursor;
    const { bytes, immediates, offset } = cursor;
    const byte = bytes[immediates] ?? 0;
    if (byte < 0x80) return byte < 0x40 ? byte : byte - 0x80;
    const length = offset - immediates;
    if (opcode === 0x42 && length > 5) return undefined;
    cursor.offset = immediates;
    // Up to four bytes spell the same in 32 bits as in 64.
    const value = opcode === 0x41 || length < 5 ? cursor.readS32() : Number(cursor.readS64());
    cursor.offset = offset;
    return this.#values.follows(value) ? value : undefined;
  }

  /** A value and a constant make the same value, displaced. */
  addition(subtracts: boolean): void {
    const right = this.height - 1;
    const left = right - 1;
    const floor = this.floor;
    if (left < floor) {
      this.pop(2);
      return this.push(unknownValue, 0, noHome);
    }
    const sum = (this.displacement[left] ?? 0) +
      (subtracts ? -(this.displacement[right] ?? 0) : this.displacement[right] ?? 0);
    this.height = left;
    if (!this.#values.follows(sum)) this.push(unknownValue, 0, noHome);
    else if (this.value[right] === zeroValue) {
      this.push(this.value[left] ?? 0, sum, this.home[left] ?? noHome);
    } else if (this.value[left] === zeroValue && !subtracts) {
      this.push(this.value[right] ?? 0, sum, this.home[right] ?? noHome);
    } else if (subtracts) this.push(unknownValue, 0, noHome);
    else this.push(this.#values.sum(this.value[left] ?? 0, this.value[right] ?? 0), sum, noHome);
  }

  /** A value that is shifted by a constant is shifted with its displacement. */
  shift(): void {
    const right = this.height - 1;
    const left = right - 1;
    if (left < this.floor) {
      this.pop(2);
      return this.push(unknownValue, 0, noHome);
    }
    const by = this.displacement[right] ?? 0;
    const displacement = (this.displacement[left] ?? 0) * 2 ** by;
    const value = this.value[left] ?? 0;
    const known = this.value[right] === zeroValue && by >= 0 && by < 32 && value !== zeroValue &&
      this.#values.follows(displacement);
    this.height = left;
    if (known) this.push(this.#values.shifted(value, by), displacement, noHome);
    else this.push(unknownValue, 0, noHome);
  }

  /** i64.extend_i32_u and i32.wrap_i64: the one undoes the other, whatever was added in between. */
  convert(extends64: boolean): void {
    const top = this.height - 1;
    if (top < this.floor) {
      return this.push(unknownValue, 0, noHome);
    }
    const value = this.value[top] ?? 0;
    const displacement = this.displacement[top] ?? 0;
    if (extends64) {
      this.value[top] = value === zeroValue
        ? unknownValue
        : this.#values.extend(value, displacement);
      this.displacement[top] = 0;
      return;
    }
    const origin = this.#values.origin(value);
    const sum = origin === undefined ? displacement : origin.displacement + displacement;
    const made = origin === undefined ? this.#values.wrap(value) : origin.value;
    const known = value !== zeroValue && this.#values.follows(sum);
    this.value[top] = known ? made : unknownValue;
    this.displacement[top] = known ? sum : 0;
    if (origin === undefined) this.home[top] = noHome;
  }

  /** Assigns the operand on top to a local. */
  assign(local: number): void {
    const top = this.height - 1;
    const floor = this.floor;
    if (top < floor) this.#values.assign(local, unknownValue, 0);
    else this.#values.assign(local, this.value[top] ?? 0, this.displacement[top] ?? 0);
  }

  /** Assigns the operand on top to a local, and leaves it. */
  tee(local: number): void {
    this.assign(local);
    const top = this.height - 1;
    if (top < this.floor) {
      return this.push(unknownValue, 0, noHome);
    }
    this.value[top] = this.#values.read(local);
    this.displacement[top] = this.#values.displacementOf(local);
    this.home[top] = local;
  }

  /** Puts an operand on the stack. */
  push(value: number, displacement: number, home: number): void {
    const at = this.height++;
    if (at === this.value.length) this.#grow();
    this.value[at] = value;
    this.displacement[at] = displacement;
    this.home[at] = home;
  }

  /** Puts operands on the stack of which nothing is known. */
  pushUnknown(count: number): void {
    for (let index = 0; index < count; index += 1) this.push(unknownValue, 0, noHome);
  }

  /** Where the code cannot be reached, operands come from nowhere. */
  pop(count: number): void {
    const floor = this.floor;
    const height = this.height - count;
    this.height = height < floor ? floor : height;
  }

  /** What most instructions do: they take operands, and give one of which nothing is known, or none. */
  apply(effect: number): void {
    this.pop(effect >> 4);
    if ((effect & 15) !== 0) this.push(unknownValue, 0, noHome);
  }

  #grow(): void {
    this.value = grown(this.value);
    this.displacement = grown(this.displacement);
    this.home = grown(this.home);
  }
}
