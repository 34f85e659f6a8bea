/** The table that both sides of HPACK keep: what came last, as much of it as there is room for (RFC 7541 §2.3.2, §4). */

import type { Field } from "./message.ts";

/** What a field costs beside its name and value (§4.1). */
const overheadBytes = 32;

/** What a field costs a table or a list. */
export function sizeOf([name, value]: Field): number {
  return name.length + value.length + overheadBytes;
}

/** Evicted entries that may stay in memory before it is tidied. */
const untidyMax = 64;

/** Fields that are forgotten in the order in which they came. */
export class HpackTable {
  readonly #onEvicted: (field: Field) => void;
  /** The latest is the last. */
  #entries: Field[] = [];
  /** How many at the front are evicted. */
  #evicted = 0;
  #bytes = 0;
  #capacity: number;
  #made = 0;

  constructor(capacity: number, onEvicted: (field: Field) => void = () => {}) {
    this.#capacity = capacity;
    this.#onEvicted = onEvicted;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** How many entries were ever made. An entry is as old as many were made with it and since. */
  get made(): number {
    return this.#made;
  }

  /** By its age: 1 for the latest. */
  at(age: number): Field | undefined {
    const index = this.#entries.length - age;
    return index < this.#evicted ? undefined : this.#entries[index];
  }

  /** §4.4: what is larger than the table empties it, and is not kept. */
  insert(field: Field): void {
    const bytes = sizeOf(field);
    this.#evict(this.#capacity - bytes);
    if (bytes > this.#capacity) return;
    this.#entries.push(field);
    this.#bytes += bytes;
    this.#made += 1;
  }

  resize(capacity: number): void {
    this.#capacity = capacity;
    this.#evict(capacity);
  }

  #evict(bytesMax: number): void {
    while (this.#bytes > bytesMax) {
      const oldest = this.#entries[this.#evicted];
      if (oldest === undefined) break;
      this.#evicted += 1;
      this.#bytes -= sizeOf(oldest);
      this.#onEvicted(oldest);
    }
    if (this.#evicted <= untidyMax) return;
    this.#entries = this.#entries.slice(this.#evicted);
    this.#evicted = 0;
  }
}
