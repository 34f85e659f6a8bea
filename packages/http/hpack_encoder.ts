/**
 * Writes header blocks (RFC 7541).
 *
 * What is likely to come again goes into the table that both sides keep. What is secret is marked as never to be
 * kept there (§7.1.3), and what is new each time would only drive out the rest.
 */

import { huffmanEncode, huffmanLength } from "./hpack_huffman.ts";
import { staticTable } from "./hpack_static_table.ts";
import { HpackTable, sizeOf } from "./hpack_table.ts";
import type { Field } from "./message.ts";

/** The largest table that is kept, whatever the other side would have. */
const tableBytesMax = 4 * 1024;
/** Longer values are not kept: few of them would fit. */
const keptValueBytesMax = 512;

const secretNames: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
]);
const changingNames: ReadonlySet<string> = new Set([
  ":path",
  "age",
  "content-length",
  "content-range",
  "etag",
  "if-modified-since",
  "if-none-match",
  "last-modified",
  "location",
  "traceparent",
  "x-request-id",
]);

/** Where the fields of a name are. */
interface NameIndex {
  /** In the static table; 0 where it is not there. */
  readonly index: number;
  /** Static indexes, by value. */
  readonly values: ReadonlyMap<string, number>;
}

const staticNames = staticIndex();

/** Writes the blocks of one connection, in their order. */
export class HpackEncoder {
  readonly #table = new HpackTable(tableBytesMax, (field) => this.#forget(field));
  /** The smallest that the other side has asked for since the last block (§4.2). */
  #smallest: number | undefined;
  /** By name and value, how many entries were made before it: indexes change with each, this does not. */
  readonly #made = new Map<string, Map<string, number>>();
  #bytes = new Uint8Array(1_024);
  #at = 0;

  /** Takes what the other side's SETTINGS_HEADER_TABLE_SIZE says. */
  setTableBytesMax(bytes: number): void {
    const capacity = Math.min(bytes, tableBytesMax);
    this.#smallest = Math.min(this.#smallest ?? Infinity, capacity);
    this.#table.resize(capacity);
  }

  /** A block, valid until the next one. Names must be in lower case, characters below 0x100. */
  encode(fields: readonly Field[]): Uint8Array {
    this.#at = 0;
    if (this.#smallest !== undefined) {
      this.#reserve(16);
      if (this.#smallest < this.#table.capacity) this.#integer(0x20, 5, this.#smallest);
      this.#integer(0x20, 5, this.#table.capacity);
      this.#smallest = undefined;
    }
    for (const field of fields) this.#field(field);
    return this.#bytes.subarray(0, this.#at);
  }

  #field(field: Field): void {
    const [name, value] = field;
    this.#reserve(name.length + value.length + 16);
    const known = staticNames.get(name);
    const whole = known?.values.get(value) ?? this.#dynamicIndex(name, value);
    if (whole !== undefined) return this.#integer(0x80, 7, whole);
    const isKept = value.length <= keptValueBytesMax && !secretNames.has(name) &&
      !changingNames.has(name) && sizeOf(field) <= this.#table.capacity;
    const index = known?.index ?? 0;
    if (isKept) this.#integer(0x40, 6, index);
    else this.#integer(secretNames.has(name) ? 0x10 : 0, 4, index);
    if (index === 0) this.#string(name);
    this.#string(value);
    if (isKept) this.#keep(field);
  }

  #dynamicIndex(name: string, value: string): number | undefined {
    const made = this.#made.get(name)?.get(value);
    return made === undefined ? undefined : staticTable.length + this.#table.made - made;
  }

  #keep(field: Field): void {
    const [name, value] = field;
    this.#table.insert(field);
    const made = this.#table.made - 1;
    const values = this.#made.get(name);
    if (values === undefined) this.#made.set(name, new Map([[value, made]]));
    else values.set(value, made);
  }

  #forget([name, value]: Field): void {
    const values = this.#made.get(name);
    values?.delete(value);
    if (values?.size === 0) this.#made.delete(name);
  }

  /** §5.1. */
  #integer(flags: number, prefixBits: number, value: number): void {
    const mask = (1 << prefixBits) - 1;
    if (value < mask) {
      this.#bytes[this.#at++] = flags | value;
      return;
    }
    this.#bytes[this.#at++] = flags | mask;
    let rest = value - mask;
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[this.#at++] = rest & 0x7f | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  /** §5.2, in the shorter of its two forms. */
  #string(text: string): void {
    const length = huffmanLength(text);
    if (length < text.length) {
      this.#integer(0x80, 7, length);
      this.#at = huffmanEncode(text, this.#bytes, this.#at);
      return;
    }
    this.#integer(0, 7, text.length);
    for (let index = 0; index < text.length; index += 1) {
      this.#bytes[this.#at++] = text.charCodeAt(index);
    }
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const bytes = new Uint8Array(2 * (this.#at + count));
    bytes.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = bytes;
  }
}

function staticIndex(): Map<string, NameIndex> {
  const names = new Map<string, { index: number; values: Map<string, number> }>();
  for (const [at, [name, value]] of staticTable.entries()) {
    const known = names.get(name) ?? { index: at + 1, values: new Map() };
    if (value !== "") known.values.set(value, at + 1);
    names.set(name, known);
  }
  return names;
}
