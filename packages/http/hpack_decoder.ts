/**
 * Reads header blocks (RFC 7541). Bounded: the table by its size, a block's fields by their number and bytes.
 *
 * What exceeds a bound is read on and dropped, because the blocks that follow depend on all of it. Strings have a
 * character for each byte, and nothing is known of them.
 */

import { huffmanDecode } from "./hpack_huffman.ts";
import { staticTable } from "./hpack_static_table.ts";
import { HpackTable, sizeOf } from "./hpack_table.ts";
import type { Field } from "./message.ts";

/** What a block may hold. */
export interface HpackLimits {
  readonly fieldsMax: number;
  /** Names, values and 32 for each field (RFC 9113 §6.5.2). */
  readonly listBytesMax: number;
}

const malformed = Symbol("malformed");

/** Reads the blocks of one connection, in their order. */
export class HpackDecoder {
  readonly #tableBytesMax: number;
  readonly #table: HpackTable;
  #block: Uint8Array = new Uint8Array(0);
  #at = 0;
  #scratch = new Uint8Array(256);

  /** @param tableBytesMax what SETTINGS_HEADER_TABLE_SIZE tells the other side */
  constructor(tableBytesMax: number) {
    this.#tableBytesMax = tableBytesMax;
    this.#table = new HpackTable(tableBytesMax);
  }

  /** The fields of a block. After `malformed` nothing more can be read. */
  decode(block: Uint8Array, limits: HpackLimits): Field[] | "malformed" | "too large" {
    this.#block = block;
    this.#at = 0;
    try {
      return this.#fields(limits);
    } catch (error) {
      if (error === malformed) return "malformed";
      throw error;
    }
  }

  #fields({ fieldsMax, listBytesMax }: HpackLimits): Field[] | "too large" {
    const fields: Field[] = [];
    let bytesLeft = listBytesMax;
    let isTooLarge = false;
    for (let mayResize = true; this.#at < this.#block.length;) {
      const first = this.#block[this.#at] ?? 0;
      if ((first & 0xe0) === 0x20) {
        // §4.2: a change of the table's size stands at the beginning of a block.
        if (!mayResize) throw malformed;
        this.#resize(this.#integer(5));
        continue;
      }
      mayResize = false;
      const field = this.#field(first);
      bytesLeft -= sizeOf(field);
      isTooLarge ||= bytesLeft < 0 || fields.length === fieldsMax;
      if (!isTooLarge) fields.push(field);
    }
    return isTooLarge ? "too large" : fields;
  }

  /** §6.1 and §6.2. */
  #field(first: number): Field {
    if ((first & 0x80) !== 0) return this.#entry(this.#integer(7));
    const isIndexed = (first & 0x40) !== 0;
    const index = this.#integer(isIndexed ? 6 : 4);
    const name = index === 0 ? this.#string() : this.#entry(index)[0];
    const field: Field = [name, this.#string()];
    if (isIndexed) this.#table.insert(field);
    return field;
  }

  /** §2.3.3: the static table first, then the dynamic one from its latest entry on. */
  #entry(index: number): Field {
    const entry = index <= staticTable.length
      ? staticTable[index - 1]
      : this.#table.at(index - staticTable.length);
    if (entry === undefined) throw malformed;
    return entry;
  }

  #resize(capacity: number): void {
    if (capacity > this.#tableBytesMax) throw malformed;
    this.#table.resize(capacity);
  }

  /** §5.1. Nothing that is longer than a block is read, so that three bytes and a prefix are plenty. */
  #integer(prefixBits: number): number {
    const mask = (1 << prefixBits) - 1;
    let value = (this.#block[this.#at++] ?? 0) & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#block[this.#at++];
      if (byte === undefined) throw malformed;
      value += (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw malformed;
  }

  /** §5.2. */
  #string(): string {
    const isHuffman = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    if (this.#at >= this.#block.length) throw malformed;
    const length = this.#integer(7);
    const start = this.#at;
    const end = start + length;
    if (end > this.#block.length) throw malformed;
    this.#at = end;
    if (!isHuffman) return latin1(this.#block, start, end);
    if (this.#scratch.length < 2 * length) this.#scratch = new Uint8Array(2 * length);
    const count = huffmanDecode(this.#block, start, end, this.#scratch);
    if (count === undefined) throw malformed;
    return latin1(this.#scratch, 0, count);
  }
}

/** A character for each byte. */
function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at += argumentsMax) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(to, at + argumentsMax)));
  }
  return text;
}

const argumentsMax = 1_024;
