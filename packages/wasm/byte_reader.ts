/**
 * Reads the primitive values of the binary format (WebAssembly 3.0, 5.2 Values).
 *
 * No read passes `end`, and every failure is a {@link Malformed} with an offset: nothing else is thrown,
 * whatever the bytes are. LEB128 numbers may be longer than needed but never than ceil(bits / 7) bytes,
 * and their unused bits must be zero, or the sign.
 */

/** Why bytes are not a module, and where. `decodeModule` catches it; readers and cursors throw it. */
export class Malformed extends Error {
  override readonly name = "Malformed";
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** A position in bytes, and reads that advance it. */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** Of the next byte to read. */
  offset: number;
  /** Where reading must stop: the end of the section or function at hand. */
  end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = start;
    this.end = end;
  }

  /** Gives up. */
  fail(message: string, offset = this.offset): never {
    throw new Malformed(message, offset);
  }

  /** One byte. */
  readU8(): number {
    if (this.offset >= this.end) this.fail("unexpected end");
    return this.bytes[this.offset++] ?? 0;
  }

  /** Passes over `count` bytes. */
  skip(count: number): void {
    if (count > this.end - this.offset) this.fail("unexpected end", this.end);
    this.offset += count;
  }

  /** An unsigned 32-bit LEB128 number. */
  readU32(): number {
    const start = this.offset;
    let byte = this.readU8();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      byte = this.readU8();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    byte = this.readU8();
    if (byte >= 0x80) this.fail("integer representation too long", start);
    if (byte > 0x0f) this.fail("integer too large", start);
    return (value | (byte << 28)) >>> 0;
  }

  /** An unsigned 64-bit LEB128 number. */
  readU64(): bigint {
    const start = this.offset;
    let value = 0n;
    for (let shift = 0n; shift < 63n; shift += 7n) {
      const byte = this.readU8();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    const last = this.readU8();
    if (last >= 0x80) this.fail("integer representation too long", start);
    if (last > 1) this.fail("integer too large", start);
    return value | (BigInt(last) << 63n);
  }

  /** An unsigned 64-bit LEB128 number as the number next to it: exact below 2^53. */
  readU64Number(): number {
    const { bytes, offset } = this;
    const exactEnd = Math.min(this.end, offset + 7);
    let value = 0;
    let unit = 1;
    for (let at = offset; at < exactEnd; at += 1) {
      const byte = bytes[at] ?? 0;
      value += (byte & 0x7f) * unit;
      unit *= 0x80;
      if (byte >= 0x80) continue;
      this.offset = at + 1;
      return value;
    }
    return Number(this.readU64());
  }

  /** A signed 32-bit LEB128 number. */
  readS32(): number {
    const value = this.#readSigned(4, 0x78);
    return value | 0;
  }

  /** A signed 33-bit LEB128 number: a type index, or a type's code below zero. */
  readS33(): number {
    return this.#readSigned(4, 0x70);
  }

  /** A signed 64-bit LEB128 number. */
  readS64(): bigint {
    const start = this.offset;
    let value = 0n;
    for (let shift = 0n; shift < 63n; shift += 7n) {
      const byte = this.readU8();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(Number(shift) + 7, value);
    }
    const last = this.readU8();
    if (last >= 0x80) this.fail("integer representation too long", start);
    if (last !== 0 && last !== 0x7f) this.fail("integer too large", start);
    return BigInt.asIntN(64, value | (BigInt(last) << 63n));
  }

  /** A name: UTF-8 text with its length in bytes before it (5.2.4). */
  readName(): string {
    const length = this.readU32();
    const start = this.offset;
    this.skip(length);
    const text = decodeName(this.bytes, start, start + length);
    return text ?? this.fail("malformed UTF-8 encoding", start);
  }

  /**
   * How many entries follow. Each takes a byte at least, so a count beyond the bytes that are left is
   * refused before anything is allocated for it.
   */
  readCount(max: number, what: string): number {
    const start = this.offset;
    const count = this.readU32();
    if (count > max) this.fail(`${count} ${what} exceed the limit of ${max}`, start);
    if (count > this.end - this.offset) {
      this.fail(`unexpected end: ${count} ${what} in ${this.end - this.offset} bytes`, start);
    }
    return count;
  }

  /** A signed number of up to `fullBytes` whole groups of 7 bits and one whose `signBits` must agree. */
  #readSigned(fullBytes: number, signBits: number): number {
    const start = this.offset;
    let value = 0;
    let unit = 1;
    for (let index = 0; index < fullBytes; index += 1) {
      const byte = this.readU8();
      value += (byte & 0x7f) * unit;
      unit *= 0x80;
      if (byte < 0x80) return byte >= 0x40 ? value - unit : value;
    }
    const last = this.readU8();
    if (last >= 0x80) this.fail("integer representation too long", start);
    const sign = last & signBits;
    if (sign !== 0 && sign !== signBits) this.fail("integer too large", start);
    return value + (sign === 0 ? last : last - 0x80) * unit;
  }
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The name in these bytes, or undefined where they are not UTF-8. */
export function decodeName(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    return strictUtf8.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}
