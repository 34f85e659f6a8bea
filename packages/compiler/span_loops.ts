/**
 * Loops that store at a stride which no constant tells, from a place on until a bound (docs/artifact.md, "Marks: what is
 * proved"): each store would need a mark of its own, and the pages from the first address to the bound are known
 * before the loop.
 *
 * Such a loop is one piece, ends with `x += stride, x < bound` and assigns neither stride nor bound.
 */

import { InstructionCursor, type WasmModule } from "@skerry/wasm";
import { slackBytes } from "./constants.ts";
import { stackEffects } from "./stack_effects.ts";
import { storeBytes } from "./stores.ts";

/** What is marked before a loop: from a local to another, each displaced, for a store in a memory. */
export interface Span {
  readonly memory: number;
  readonly local: number;
  readonly bound: number;
  readonly stride: number;
  readonly displacement: number;
}

/** Longer loops are not looked at. */
const instructionsMax = 48;
/** How the tail ends: `local.get bound  i32.lt_u  br_if 0  end`. */
const [ltU, brIf, end] = [0x49, 0x0d, 0x0b];
/** Operands that are no local's value: of a constant, and of anything else. */
const [ofConstant, ofUnknown] = [-1, -2];

/** Whether a `br_if` may be the end of such a loop; told by a look at what is around it. */
export function endsSpanLoop(bytes: Uint8Array, start: number): boolean {
  return bytes[start - 1] === ltU && bytes[start + 1] === 0 && bytes[start + 2] === end &&
    bytes[start - 3] === 0x20 && bytes[start - 5] === 0x22 && bytes[start - 6] === 0x6a &&
    bytes[start - 8] === 0x20 && bytes[start - 10] === 0x20 &&
    bytes[start - 9] === bytes[start - 4];
}

/** Looks at one loop at a time. */
export class SpanLoops {
  readonly #cursor: InstructionCursor;
  /** Operands: the local that each is displaced from, and by how much. */
  readonly #from: number[] = [];
  readonly #displacement: number[] = [];
  readonly #stores: { memory: number; local: number; displacement: number }[] = [];
  readonly #assigned: number[] = [];

  constructor({ code }: WasmModule) {
    this.#cursor = new InstructionCursor(code.bytes);
  }

  /** What can be marked before a loop, whose body begins and whose function ends there. */
  find(bodyStart: number, functionEnd: number): Span | undefined {
    const cursor = this.#cursor;
    this.#from.length = this.#displacement.length = 0;
    this.#stores.length = this.#assigned.length = 0;
    cursor.enter(bodyStart, functionEnd);
    for (let count = 0; count < instructionsMax && cursor.next(); count += 1) {
      const { opcode } = cursor;
      if (opcode === brIf) {
        return endsSpanLoop(cursor.bytes, cursor.start) ? this.#span() : undefined;
      }
      if (opcode < 0x1a || opcode === 0x1f || opcode === 0x40) return undefined;
      if (!this.#pass(opcode)) return undefined;
    }
    return undefined;
  }

  /** The `br_if` at hand ends the loop: its locals are before it, one byte each. */
  #span(): Span | undefined {
    const { bytes, start } = this.#cursor;
    const [bound = 0, local = 0, stride = 0] = [
      bytes[start - 2],
      bytes[start - 4],
      bytes[start - 7],
    ];
    const indexes = Math.max(bound, local, stride) < 0x80;
    const once = this.#assigned.filter((assigned) => assigned === local).length === 1;
    const kept = !this.#assigned.includes(bound) && !this.#assigned.includes(stride);
    const store = this.#stores.find((candidate) => candidate.local === local);
    if (!indexes || !once || !kept || store === undefined) return undefined;
    return { ...store, bound, stride };
  }

  /** Whether an instruction may be in such a loop. */
  #pass(opcode: number): boolean {
    const cursor = this.#cursor;
    const bytes = storeBytes[cursor.slot] ?? 0;
    if (bytes > 0) this.#store(bytes);
    switch (opcode) {
      case 0x20: // local.get
        return this.#push(cursor.index(), 0);
      case 0x21: // local.set
        this.#assigned.push(cursor.index());
        return this.#drop(1);
      case 0x22: // local.tee
        this.#assigned.push(cursor.index());
        this.#drop(1);
        return this.#push(cursor.index(), 0);
      case 0x41: { // i32.const
        const { offset } = cursor;
        cursor.offset = cursor.immediates;
        this.#push(ofConstant, cursor.readS32());
        cursor.offset = offset;
        return true;
      }
      case 0x6a: // i32.add
        return this.#add();
      case 0x1b: // select
      case 0x1c:
        this.#drop(3);
        return this.#push(ofUnknown, 0);
    }
    const effect = opcode === 0x1a ? 0x10 : stackEffects[cursor.slot] ?? 255;
    // What is done in bulk is called.
    if (effect === 255 || (opcode >= 0xfb000 && opcode < 0xfd000)) return false;
    this.#drop(effect >> 4);
    return (effect & 15) === 0 || this.#push(ofUnknown, 0);
  }

  #add(): boolean {
    const from = [this.#from.at(-2) ?? ofUnknown, this.#from.at(-1) ?? ofUnknown];
    const sum = (this.#displacement.at(-2) ?? 0) + (this.#displacement.at(-1) ?? 0);
    this.#drop(2);
    const [other = ofUnknown] = from.filter((local) => local !== ofConstant);
    return this.#push(from.includes(ofConstant) ? other : ofUnknown, sum);
  }

  #store(bytes: number): void {
    const cursor = this.#cursor;
    const { offset } = cursor;
    const pops = (stackEffects[cursor.slot] ?? 0) >> 4;
    cursor.offset = cursor.immediates;
    const memory = (cursor.readU32() & 0x40) !== 0 ? cursor.readU32() : 0;
    const far = cursor.readU64Number();
    cursor.offset = offset;
    const local = this.#from.at(-pops) ?? ofUnknown;
    const near = far + bytes <= slackBytes;
    const displacement = (this.#displacement.at(-pops) ?? 0) + (near ? 0 : far);
    if (local >= 0 && Math.abs(displacement) < 2 ** 30) {
      this.#stores.push({ memory, local, displacement });
    }
  }

  #push(from: number, displacement: number): boolean {
    this.#from.push(from);
    this.#displacement.push(displacement);
    return true;
  }

  #drop(count: number): boolean {
    this.#from.length = Math.max(0, this.#from.length - count);
    this.#displacement.length = this.#from.length;
    return true;
  }
}
