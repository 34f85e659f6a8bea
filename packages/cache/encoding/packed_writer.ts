/**
 * Writes values one after another, in few bytes: numbers by their size, and all texts together before them, so that who
 * reads has one text to decode.
 */

import { concatBytes } from "@skerry/base";

/** What every packed value begins with; another form has another number. */
export const packedVersion = 1;

/** How a number is written: its lowest two bits say which of these it is. */
export const numberKinds = { positive: 0, negative: 1, float: 2, none: 3 } as const;

/** Numbers from here on are written as floats. */
export const packedIntegerMax = 2 ** 51;

/** A value's numbers and texts. */
export class PackedWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;
  readonly #texts: string[] = [];

  /** Any number, or that there is none. */
  number(value: number | undefined): void {
    if (value === undefined) return this.#variable(numberKinds.none);
    const isShort = Number.isInteger(value) && Math.abs(value) < packedIntegerMax &&
      !Object.is(value, -0);
    if (isShort && value >= 0) return this.#variable(value * 4 + numberKinds.positive);
    if (isShort) return this.#variable((-1 - value) * 4 + numberKinds.negative);
    this.#variable(numberKinds.float);
    this.#reserve(8);
    this.#view.setFloat64(this.#used, value, true);
    this.#used += 8;
  }

  /** A number that is likely to be not far from another, such as a time: by what lies between, where that is exact. */
  near(value: number | undefined, base: number): void {
    const between = (value ?? NaN) - base;
    const isExact = Number.isInteger(between) && base + between === value &&
      Math.abs(between) < packedIntegerMax && !Object.is(value, -0);
    if (isExact) return this.number(between);
    if (value === undefined) return this.#variable(numberKinds.none);
    this.#variable(numberKinds.float);
    this.#reserve(8);
    this.#view.setFloat64(this.#used, value, true);
    this.#used += 8;
  }

  text(text: string): void {
    this.#variable(text.length * 2 + (isNarrow(text) ? 0 : 1));
    this.#texts.push(text);
  }

  /** All of it. */
  finish(): Uint8Array<ArrayBuffer> {
    const { pool, isAscii } = pooled(this.#texts);
    const numbers = this.#bytes.slice(0, this.#used);
    this.#used = 0;
    this.#variable(packedVersion);
    this.#variable(pool.length * 2 + (isAscii ? 1 : 0));
    this.#variable(numbers.length);
    return concatBytes([this.#bytes.subarray(0, this.#used), pool, numbers]);
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
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Whether each character is one byte. */
function isNarrow(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) > 0xff) return false;
  }
  return true;
}

/** All texts, one byte for each character, or two where that is not enough for one of the text. */
function pooled(texts: readonly string[]): { pool: Uint8Array; isAscii: boolean } {
  const pool = new Uint8Array(2 * texts.reduce((sum, text) => sum + text.length, 0));
  let used = 0;
  let all = 0;
  for (const text of texts) {
    const isWide = !isNarrow(text);
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      pool[used] = code & 0xff;
      used += 1;
      all |= code;
      if (isWide) {
        pool[used] = code >> 8;
        used += 1;
        all |= 0x80;
      }
    }
  }
  return { pool: pool.subarray(0, used), isAscii: all < 0x80 };
}
