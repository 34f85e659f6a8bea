/** The sequences that are inserted into guest code, byte for byte (docs/artifact.md, "Snippets"). */

import type { AddressType } from "@skerry/wasm";
import type { BodyOutput } from "./body_output.ts";
import type { BranchHints } from "./branch_hints.ts";
import { pageShift } from "./constants.ts";
import type { Entities } from "./entities.ts";
import type { Span } from "./span_loops.ts";

const opcode = {
  if: 0x04,
  end: 0x0b,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Store8: 0x3a,
  i32Const: 0x41,
  i64Const: 0x42,
} as const;

/** The instructions of an address type. */
const arithmetic = {
  i32: { const: 0x41, add: 0x6a, sub: 0x6b, shrU: 0x76 },
  i64: { const: 0x42, add: 0x7c, sub: 0x7d, shrU: 0x88 },
} as const;

/** The longest sequence. */
const snippetBytesMax = 96;
const emptyType = 0x40;
const i32LtS = 0x48;
const i32Sub = 0x6b;
const i32WrapI64 = 0xa7;

/** Writes the sequences. */
export class Snippets {
  readonly #output: BodyOutput;
  readonly #hints: BranchHints;
  readonly #entities: Entities;

  constructor(output: BodyOutput, hints: BranchHints, entities: Entities) {
    this.#output = output;
    this.#hints = hints;
    this.#entities = entities;
  }

  /** Pays for what comes; answers where its weight is. */
  charge(): number {
    const output = this.#output;
    const fuel = this.#entities.fuel ?? 0;
    output.reserve(snippetBytesMax);
    output.op(opcode.globalGet, fuel);
    output.u8(opcode.i32Const);
    const weight = output.weight();
    output.u8(i32Sub);
    output.op(opcode.globalSet, fuel);
    output.op(opcode.globalGet, fuel);
    output.op(opcode.i32Const, 0);
    output.u8(i32LtS);
    this.#coldIf();
    output.op(opcode.call, this.#entities.tick ?? 0);
    output.u8(opcode.end);
    return weight;
  }

  /** Pays for the length on top of the stack. */
  chargeLength(scratch: number, functionIndex: number): void {
    const output = this.#output;
    output.reserve(snippetBytesMax);
    output.op(opcode.localTee, scratch);
    output.op(opcode.call, functionIndex);
    output.op(opcode.localGet, scratch);
  }

  /** Marks the page of an address in a local, with an offset from it. */
  mark(memory: number, at: AddressType, local: number, offset: number): void {
    const output = this.#output;
    const codes = arithmetic[at];
    output.reserve(snippetBytesMax);
    output.op(opcode.localGet, local);
    if (offset !== 0) {
      output.u8(codes.const);
      if (at === "i32") output.s32(offset);
      else this.#s64(BigInt(offset));
      output.u8(codes.add);
    }
    output.op(codes.const, pageShift);
    output.u8(codes.shrU);
    if (at === "i64") output.u8(i32WrapI64);
    this.#storeMark(memory);
  }

  /** Marks a page whose number is known. */
  markPage(memory: number, page: number): void {
    const output = this.#output;
    output.reserve(snippetBytesMax);
    output.u8(opcode.i32Const);
    output.s32(page);
    this.#storeMark(memory);
  }

  /** Marks the pages that a loop will write. */
  markSpan(span: Span, functionIndex: number): void {
    const output = this.#output;
    output.reserve(snippetBytesMax);
    output.op(opcode.localGet, span.local);
    output.op(opcode.localGet, span.bound);
    output.op(opcode.localGet, span.stride);
    output.u8(opcode.i32Const);
    output.s32(span.displacement);
    output.op(opcode.call, functionIndex);
  }

  /** Puts the operands of a store aside and back, so that its address is in a local. */
  park(address: number, value: number, second: number | undefined): void {
    const output = this.#output;
    output.reserve(snippetBytesMax);
    if (second !== undefined) output.op(opcode.localSet, second);
    output.op(opcode.localSet, value);
    output.op(opcode.localTee, address);
    output.op(opcode.localGet, value);
    if (second !== undefined) output.op(opcode.localGet, second);
  }

  /** Says that a table was changed, or that a segment was dropped. */
  tableChanged(global: number): void {
    const output = this.#output;
    output.reserve(snippetBytesMax);
    output.op(opcode.i32Const, 1);
    output.op(opcode.globalSet, global);
  }

  /** Takes what is hidden off a memory's size. */
  hiddenSize(global: number, at: AddressType): void {
    const output = this.#output;
    output.reserve(snippetBytesMax);
    output.op(opcode.globalGet, global);
    output.u8(arithmetic[at].sub);
  }

  /** Calls a function of ours. */
  call(functionIndex: number): void {
    this.#output.reserve(snippetBytesMax);
    this.#output.op(opcode.call, functionIndex);
  }

  #storeMark(memory: number): void {
    const output = this.#output;
    const { sideMemory } = this.#entities;
    output.op(opcode.i32Const, 1);
    output.u8(opcode.i32Store8);
    output.u8(0x40);
    output.u32(sideMemory ?? 0);
    output.u32(this.#entities.memory(memory).map);
  }

  #coldIf(): void {
    this.#hints.cold(this.#output.position);
    this.#output.u8(opcode.if);
    this.#output.u8(emptyType);
  }

  #s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    while (rest < -0x40n || rest >= 0x40n) {
      this.#output.u8(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#output.u8(Number(rest & 0x7fn));
  }
}
