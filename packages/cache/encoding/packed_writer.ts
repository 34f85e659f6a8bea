/**
 * Writes values one after another, in few bytes: numbers by their size, and all texts together before them, so that who
 * reads has one text to decode.
 */

import { newBytes } from "@skerry/base";

/** What every packed value begins with; another form has another number. */
export const packedVersion = 1;

/** How a number is written: its lowest two bits say which of these it is. */
export const numberKinds = { positive: 0, negative: 1, float: 2, none: 3 } as const;

/** Numbers from here on are written as floats. */
export const packedIntegerMax = 2 ** 51;

/** A value's numbers and texts. */
export class PackedWriter {
  #bytes = newBytes(256);
  #used = 0;
  readonly #texts: string[] = [];
  /** Of all texts, in bytes; and their characters' bits, all together. */
  #poolBytes = 0;
  #bits = 0;

  /** Any number, or that there is none. */
  number(value: number | undefined): void {
    if (value === undefined) return this.#variable(numberKinds.none);
    const isShort = Number.isInteger(value) && Math.abs(value) < packedIntegerMax &&
      !Object.is(value, -0);
    if (isShort && value >= 0) return this.#variable(value * 4 + numberKinds.positive);
    if (isShort) return this.#variable((-1 - value) * 4 + numberKinds.negative);
    this.#float(value);
  }

  /** A number that is likely to be not far from another, such as a time: by what lies between, where that is exact. */
  near(value: number | undefined, base: number): void {
    const between = (value ?? NaN) - base;
    const isExact = Number.isInteger(between) && base + between === value &&
      Math.abs(between) < packedIntegerMax && !Object.is(value, -0);
    if (isExact) return this.number(between);
    if (value === undefined) return this.#variable(numberKinds.none);
    this.#float(value);
  }

  text(text: string): void {
    const bits = bitsOf(text);
    const isWide = bits > 0xff;
    this.#bits |= isWide ? 0x80 : bits;
    this.#poolBytes += text.length * (isWide ? 2 : 1);
    this.#variable(text.length * 2 + (isWide ? 1 : 0));
    this.#texts.push(text);
  }

  /** All of it. */
  finish(): Uint8Array<ArrayBuffer> {
    const numbers = this.#bytes.subarray(0, this.#used);
    this.#bytes = newBytes(headBytesMax);
    this.#used = 0;
    this.#variable(packedVersion);
    this.#variable(this.#poolBytes * 2 + (this.#bits < 0x80 ? 1 : 0));
    this.#variable(numbers.length);
    const whole = newBytes(this.#used + this.#poolBytes + numbers.length);
    whole.set(this.#bytes.subarray(0, this.#used));
    this.#writeTexts(whole, this.#used);
    whole.set(numbers, this.#used + this.#poolBytes);
    return whole;
  }

  /** One byte for each character, or two where that is not enough for one of the text. */
  #writeTexts(into: Uint8Array, start: number): void {
    let at = start;
    for (const text of this.#texts) {
      const isWide = bitsOf(text) > 0xff;
      for (let index = 0; index < text.length; index += 1) {
        const code = text.charCodeAt(index);
        into[at] = code;
        at += 1;
        if (!isWide) continue;
        into[at] = code >> 8;
        at += 1;
      }
    }
  }

  #float(value: number): void {
    this.#variable(numberKinds.float);
    this.#reserve(8);
    const { buffer, byteOffset } = this.#bytes;
    new DataView(buffer, byteOffset + this.#used, 8).setFloat64(0, value, true);
    this.#used += 8;
  }

  /** LEB128; up to 2^53. */
  #variable(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#used] = rest % 0x80 + 0x80;
      this.#used += 1;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#used] = rest;
    this.#used += 1;
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#bytes.length) return;
    const larger = newBytes(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** The version, and how long texts and numbers are. */
const headBytesMax = 24;

/** The bits of all characters together: above 255 where one of them needs two bytes. */
function bitsOf(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) bits |= text.charCodeAt(at);
  return bits;
}
