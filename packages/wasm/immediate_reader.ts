/**
 * Passes over the immediates of instructions (5.4 Instructions), by their shapes.
 *
 * This is where decoding a module spends its time: the usual spelling of each immediate is taken without a
 * loop, and the rest falls back on the careful reads of {@link ByteReader}.
 */

import { ByteReader } from "./byte_reader.ts";
import { shape } from "./immediate_shapes.ts";
import { moduleLimits } from "./limits.ts";
import {
  isHeapTypeCode,
  isValueTypeCode,
  readHeapType,
  readValueType,
  typeCode,
} from "./type_codes.ts";

/** A reader that knows how long immediates are. */
export class ImmediateReader extends ByteReader {
  /**
   * Passes over immediates, the common shapes first.
   *
   * @param start of the instruction, which is at fault where there is no such shape
   */
  skipImmediates(kind: number, start: number): void {
    switch (kind) {
      case shape.none:
        return;
      case shape.u32:
        return this.#skipU32();
      case shape.memarg:
        return this.#skipMemarg();
      case shape.s32:
        return this.#skipS32();
      case shape.block:
        return this.#skipBlockType();
      case shape.u32Twice:
        this.#skipU32();
        return this.#skipU32();
      case shape.s64:
        if (!this.#skipNineBytes()) this.readS64();
        return;
      case shape.labels:
        return this.#skipLabels();
      default:
        return this.#skipRare(kind, start);
    }
  }

  #skipRare(kind: number, start: number): void {
    switch (kind) {
      case shape.byte:
        return this.skip(1);
      case shape.bytes4:
        return this.skip(4);
      case shape.bytes8:
        return this.skip(8);
      case shape.bytes16:
        return this.skip(16);
      case shape.memargByte:
        this.#skipMemarg();
        return this.skip(1);
      case shape.heapType:
        return this.#skipHeapType();
      case shape.cast:
        return this.#skipCast();
      case shape.valueTypes:
        return this.#skipValueTypes();
      case shape.blockCatches:
        this.#skipBlockType();
        return this.#skipCatches();
      case shape.zero:
        if (this.readU8() !== 0) this.fail("zero byte expected", this.offset - 1);
        return;
      default:
        this.fail("illegal opcode", start);
    }
  }

  #skipU32(): void {
    const { offset } = this;
    if (offset < this.end && (this.bytes[offset] ?? 0) < 0x80) this.offset = offset + 1;
    else this.readU32();
  }

  /** Eleven bits of a constant are the rule, so up to three bytes are taken without counting bits. */
  #skipS32(): void {
    const { bytes, offset } = this;
    if (offset + 3 > this.end) this.readS32();
    else if ((bytes[offset] ?? 0) < 0x80) this.offset = offset + 1;
    else if ((bytes[offset + 1] ?? 0) < 0x80) this.offset = offset + 2;
    else if ((bytes[offset + 2] ?? 0) < 0x80) this.offset = offset + 3;
    else this.readS32();
  }

  /** Alignment with flags, memory index where bit 6 asks for one, offset of 64 bits (5.4.6 memarg). */
  #skipMemarg(): void {
    const { bytes, offset } = this;
    if (
      offset + 2 <= this.end && (bytes[offset] ?? 0) < 0x40 && (bytes[offset + 1] ?? 0) < 0x80
    ) {
      this.offset = offset + 2;
      return;
    }
    const flags = this.readU32();
    if (flags >= 0x80) this.fail("malformed memop flags", offset);
    if (flags >= 0x40) this.readU32();
    if (!this.#skipNineBytes()) this.readU64();
  }

  /** Passes over a number of 64 bits where it has nine bytes at most: all of their bits are its own. */
  #skipNineBytes(): boolean {
    const { bytes, offset } = this;
    const fullEnd = Math.min(this.end, offset + 9);
    for (let at = offset; at < fullEnd; at += 1) {
      if ((bytes[at] ?? 0) < 0x80) {
        this.offset = at + 1;
        return true;
      }
    }
    return false;
  }

  /** Nothing, a value type, or a type index of 33 bits (5.4.1). */
  #skipBlockType(): void {
    const start = this.offset;
    const byte = this.readU8();
    if (byte === typeCode.empty || byte < 0x40) return;
    if (byte < 0x80 && isValueTypeCode(byte)) return;
    this.offset = start;
    if (byte < 0x80) {
      readValueType(this);
      return;
    }
    const value = this.readS33();
    // V8 takes an over-long "nothing", -64.
    if (value < 0 && value !== -0x40) this.fail("malformed block type", start);
  }

  #skipHeapType(): void {
    const start = this.offset;
    if (start < this.end) {
      const byte = this.bytes[start] ?? 0;
      if (byte < 0x40 || (byte < 0x80 && isHeapTypeCode(byte))) {
        this.offset = start + 1;
        return;
      }
    }
    readHeapType(this);
  }

  #skipCast(): void {
    if (this.readU8() > 3) this.fail("malformed cast flags", this.offset - 1);
    this.#skipU32();
    this.#skipHeapType();
    this.#skipHeapType();
  }

  #skipLabels(): void {
    const count = this.readCount(moduleLimits.branchTableLabelsMax, "labels");
    for (let index = 0; index <= count; index += 1) this.#skipU32();
  }

  #skipValueTypes(): void {
    const count = this.readCount(moduleLimits.selectTypesMax, "types");
    for (let index = 0; index < count; index += 1) readValueType(this);
  }

  #skipCatches(): void {
    const count = this.readCount(moduleLimits.catchClausesMax, "catch clauses");
    for (let index = 0; index < count; index += 1) {
      const kind = this.readU8();
      if (kind > 3) this.fail("malformed catch clause", this.offset - 1);
      if (kind < 2) this.#skipU32();
      this.#skipU32();
    }
  }
}
