/**
 * Reads what {@link PackedWriter} wrote, or anything else.
 *
 * What always holds: no bytes make it throw, or allocate more than in proportion to them; what is wrong anywhere makes the
 * whole of it wrong.
 */

import { decodeUtf8 } from "@skerry/base";
import { numberKinds, packedVersion } from "./packed_writer.ts";

/** The values in the order in which they were written. Once something was wrong, `isSound` is false and stays so. */
export class PackedReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #end: number;
  #isSound = true;
  /** All texts; a character for each byte. */
  #pool = "";
  #poolAt = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#end = bytes.length;
    const version = this.#variable();
    const poolWord = this.#variable();
    const numberBytes = this.#variable();
    const poolBytes = Math.floor(poolWord / 2);
    if (version !== packedVersion || poolBytes + numberBytes > this.#end - this.#at) {
      this.refuse(undefined);
    }
    if (!this.#isSound) return;
    const pool = bytes.subarray(this.#at, this.#at + poolBytes);
    this.#at += poolBytes;
    this.#end = this.#at + numberBytes;
    this.#pool = poolWord % 2 === 1 ? decodeUtf8(pool) : byCharacter(pool);
    if (this.#pool.length !== poolBytes || this.#pool.includes("\ufffd")) this.refuse(undefined);
  }

  get isSound(): boolean {
    return this.#isSound;
  }

  /** Where the numbers end: what was written behind them begins there. */
  get end(): number {
    return this.#end;
  }

  /** Whether everything was read, and was as it should be. */
  get isDone(): boolean {
    return this.#isSound && this.#at === this.#end && this.#poolAt === this.#pool.length;
  }

  /** A number, or that there is none; undefined too where something is wrong. */
  optional(base = 0): number | undefined {
    const word = this.#variable();
    const rest = Math.floor(word / 4);
    switch (word % 4) {
      case numberKinds.positive:
        return base + rest;
      case numberKinds.negative:
        return base + (-1 - rest);
      case numberKinds.float:
        return rest === 0 ? this.#float() : this.refuse(undefined);
      default:
        return rest === 0 ? undefined : this.refuse(undefined);
    }
  }

  /** A number; 0 where something is wrong. */
  number(base = 0): number {
    return this.optional(base) ?? this.refuse(0);
  }

  /** A whole number that is not negative and no larger than the bound; 0 where something is wrong. */
  natural(max: number): number {
    const value = this.number();
    return Number.isInteger(value) && value >= 0 && value <= max ? value : this.refuse(0);
  }

  /** How many come, each of which takes a byte at least. */
  count(): number {
    return this.natural(this.#end - this.#at);
  }

  text(): string {
    const word = this.#variable();
    const length = Math.floor(word / 2);
    const bytes = word % 2 === 0 ? length : length * 2;
    const start = this.#poolAt;
    if (start + bytes > this.#pool.length) return this.refuse("");
    this.#poolAt = start + bytes;
    const found = this.#pool.slice(start, this.#poolAt);
    return word % 2 === 0 ? found : widened(found);
  }

  /** Says that something is wrong, and stands in for it. */
  refuse<Value>(standIn: Value): Value {
    this.#isSound = false;
    this.#at = this.#end;
    return standIn;
  }

  #float(): number | undefined {
    if (this.#end - this.#at < 8) return this.refuse(undefined);
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, 8);
    this.#at += 8;
    return view.getFloat64(0, true);
  }

  #variable(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 0x80) {
      const byte = this.#at < this.#end ? this.#bytes[this.#at] ?? 0 : this.refuse(0);
      this.#at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : this.refuse(0);
    }
    return this.refuse(0);
  }
}

const charactersMax = 4096;

/** ISO 8859-1, which no decoder of the platform reads: its `latin1` is another coding (Encoding Standard §4.2). */
function byCharacter(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += charactersMax) {
    text += String.fromCharCode(...bytes.subarray(at, at + charactersMax));
  }
  return text;
}

function widened(pairs: string): string {
  let text = "";
  for (let at = 0; at < pairs.length; at += 2) {
    text += String.fromCharCode(pairs.charCodeAt(at) | pairs.charCodeAt(at + 1) << 8);
  }
  return text;
}
