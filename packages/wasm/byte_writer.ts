/** Writes the primitive values of the binary format (5.2 Values), each LEB128 number as short as it can be. */

import { encodeUtf8 } from "@skerry/base";

/** Fewer bytes are copied one by one: that costs less than a view of them. */
const viewBytesMin = 24;

/** How many bytes an unsigned LEB128 number of 32 bits takes. */
export function u32Bytes(value: number): number {
  return value < 0x80
    ? 1
    : value < 0x4000
    ? 2
    : value < 0x20_0000
    ? 3
    : value < 0x1000_0000
    ? 4
    : 5;
}

/** Bytes that grow as they are written. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param capacityBytes room to start with, where the size can be guessed */
  constructor(capacityBytes = 256) {
    this.#bytes = new Uint8Array(Math.max(16, capacityBytes));
  }

  /** Bytes written so far, which is the offset of the next one. */
  get length(): number {
    return this.#length;
  }

  /** A copy of all that was written. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** All that was written; no copy, where it fills the room that was asked for. Nothing may be written after it. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#length === this.#bytes.length ? this.#bytes : this.toBytes();
  }

  /** One byte. */
  u8(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  /** An unsigned LEB128 number from 0 to 2^32 - 1. */
  u32(value: number): this {
    this.#reserve(5);
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
    return this;
  }

  /** An unsigned LEB128 number from 0 to 2^64 - 1. */
  u64(value: bigint): this {
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.u8(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    return this.u8(Number(rest));
  }

  /** A signed LEB128 number of 32 or 33 bits. */
  s33(value: number): this {
    let rest = value;
    while (rest < -0x40 || rest >= 0x40) {
      const low = ((rest % 0x80) + 0x80) % 0x80;
      this.u8(low | 0x80);
      rest = (rest - low) / 0x80;
    }
    return this.u8(rest & 0x7f);
  }

  /** A signed LEB128 number of 64 bits. */
  s64(value: bigint): this {
    let rest = BigInt.asIntN(64, value);
    while (rest < -0x40n || rest >= 0x40n) {
      this.u8(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    return this.u8(Number(rest & 0x7fn));
  }

  /** These bytes, or the part of them from `start` to `end`. */
  raw(bytes: Uint8Array, start = 0, end = bytes.length): this {
    this.#reserve(end - start);
    if (end - start < viewBytesMin) {
      for (let at = start; at < end; at += 1) this.#bytes[this.#length++] = bytes[at] ?? 0;
      return this;
    }
    const whole = start === 0 && end === bytes.length;
    this.#bytes.set(whole ? bytes : bytes.subarray(start, end), this.#length);
    this.#length += end - start;
    return this;
  }

  /** What another writer has written. */
  append(other: ByteWriter): this {
    return this.raw(other.#bytes, 0, other.#length);
  }

  /** A text in UTF-8 with its length in bytes before it. */
  name(text: string): this {
    const bytes = encodeUtf8(text);
    return this.u32(bytes.length).raw(bytes);
  }

  /** Starts a part whose size in bytes goes before it; give what comes back to {@link endSized}. */
  beginSized(): number {
    return this.#length;
  }

  /** Ends a part: its size is put before it, as short as it can be. */
  endSized(start: number): this {
    const size = this.#length - start;
    this.u32(size);
    const sizeBytes = this.#length - start - size;
    const spelled = this.#bytes.slice(this.#length - sizeBytes, this.#length);
    this.#bytes.copyWithin(start + sizeBytes, start, start + size);
    this.#bytes.set(spelled, start);
    return this;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
