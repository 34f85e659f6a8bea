/**
 * The bytes of the new bodies, and which of them stand for which bytes of the module.
 *
 * Guest instructions are copied in runs; what is written between two runs is ours. Room is kept before each
 * body for the declarations of its locals, whose length is known last.
 */

import { bug } from "@skerry/base";
import { ByteWriter } from "@skerry/wasm";

import { weightMax } from "./constants.ts";
import { grown } from "./grown.ts";

/** A run: offsets in the output and in the module, and how many bytes are the same. */
const runFields = 3;

/** Writes bodies one after the other. */
export class BodyOutput {
  bytes: Uint8Array<ArrayBuffer>;
  /** Of the next byte. */
  position = 0;
  readonly #input: Uint8Array;
  #copied = 0;
  #runs = new Uint32Array(3 * 256);
  #runCount = 0;
  #bodyStart = 0;

  /** @param capacityBytes a guess at the size of all bodies */
  constructor(input: Uint8Array, capacityBytes: number) {
    this.#input = input;
    this.bytes = new Uint8Array(capacityBytes + 4096);
  }

  /**
   * Begins a body.
   *
   * @param headerBytesMax room for the declarations of locals
   * @param instructions where the body's instructions begin in the module
   */
  begin(headerBytesMax: number, instructions: number): void {
    this.reserve(headerBytesMax + 64);
    this.position += headerBytesMax;
    this.#bodyStart = this.position;
    this.#copied = instructions;
    this.#runCount = 0;
  }

  /** Ends a body whose declarations are these; answers where it starts. */
  end(header: Uint8Array): number {
    const start = this.#bodyStart - header.length;
    this.bytes.set(header, start);
    return start;
  }

  /** Bytes of the body so far, without its declarations. */
  get bodyBytes(): number {
    return this.position - this.#bodyStart;
  }

  /** Copies the module's bytes up to an offset. */
  copyUpTo(offset: number): void {
    const from = this.#copied;
    const length = offset - from;
    if (length <= 0) return;
    this.#addRun(from, length);
    this.reserve(length);
    const { bytes } = this;
    const input = this.#input;
    if (length < 24) {
      let { position } = this;
      for (let at = from; at < offset; at += 1) bytes[position++] = input[at] ?? 0;
      this.position = position;
    } else {
      bytes.set(input.subarray(from, offset), this.position);
      this.position += length;
    }
    this.#copied = offset;
  }

  /** Says that what is written next stands for the instruction from `start` to `end`, which is left out. */
  replace(start: number, end: number): void {
    this.copyUpTo(start);
    this.#addRun(start, 1);
    this.#copied = end;
  }

  /** Says that the instruction to be written next stands for the one at an offset, beside what else does. */
  standFor(offset: number): void {
    this.#addRun(offset, 1);
  }

  /** Goes on copying from another offset. */
  continueFrom(offset: number): void {
    this.#copied = offset;
  }

  /** Room for so many bytes, which the caller may then put without asking again. */
  reserve(count: number): void {
    const needed = this.position + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, Math.ceil(this.bytes.length * 1.5)));
    grown.set(this.bytes.subarray(0, this.position));
    this.bytes = grown;
  }

  /** One byte; room must have been reserved, as for all that follow. */
  u8(value: number): void {
    this.bytes[this.position++] = value;
  }

  /** An instruction with an index. */
  op(opcode: number, index: number): void {
    this.bytes[this.position++] = opcode;
    this.u32(index);
  }

  /** An unsigned LEB128 number. */
  u32(value: number): void {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.bytes[this.position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.position++] = rest;
  }

  /** A signed LEB128 number of 32 bits. */
  s32(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40)) {
        this.bytes[this.position++] = low;
        return;
      }
      this.bytes[this.position++] = low | 0x80;
    }
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  /** Room for a weight, to be filled in by {@link setWeight}; answers where it is. */
  weight(): number {
    this.position += 2;
    return this.position - 2;
  }

  /** A weight as signed LEB128 of exactly two bytes. */
  setWeight(at: number, weight: number): void {
    if (weight > weightMax) bug("a path costs more than a weight can say");
    this.bytes[at] = (weight & 0x7f) | 0x80;
    this.bytes[at + 1] = weight >> 7;
  }

  /**
   * The body's runs for the offset map.
   *
   * @param start where the body starts in the output
   * @param inputStart where it starts in the module
   */
  writeRuns(writer: ByteWriter, start: number, inputStart: number): void {
    writer.u32(this.#runCount);
    let artifactEnd = start;
    let inputEnd = inputStart;
    for (let run = 0; run < this.#runCount; run += 1) {
      const at = run * runFields;
      const artifact = this.#runs[at] ?? 0;
      const input = this.#runs[at + 1] ?? 0;
      const length = this.#runs[at + 2] ?? 0;
      writer.u32(artifact - artifactEnd).s33(input - inputEnd).u32(length);
      artifactEnd = artifact + length;
      inputEnd = input + length;
    }
  }

  #addRun(input: number, length: number): void {
    const at = this.#runCount * runFields;
    if (at + runFields > this.#runs.length) this.#runs = grown(this.#runs);
    this.#runs[at] = this.position;
    this.#runs[at + 1] = input;
    this.#runs[at + 2] = length;
    this.#runCount += 1;
  }
}
