/** Least recently used: what most caches do, to be measured beside. */

import type { EvictionPolicy } from "@skerry/cache";

interface Entry<Value> {
  readonly key: string;
  value: Value;
  bytes: number;
  older: Entry<Value> | undefined;
  newer: Entry<Value> | undefined;
}

/** A list in the order of use. */
export class Lru<Value> implements EvictionPolicy<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  #oldest: Entry<Value> | undefined;
  #newest: Entry<Value> | undefined;
  bytes = 0;

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#unlink(entry);
    this.#link(entry);
    return entry.value;
  }

  peek(key: string): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  set(key: string, value: Value, bytes: number): void {
    this.delete(key);
    const entry = { key, value, bytes, older: undefined, newer: undefined };
    this.#entries.set(key, entry);
    this.#link(entry);
  }

  delete(key: string): boolean {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#unlink(entry);
    return this.#entries.delete(key);
  }

  evict(): { readonly key: string; readonly value: Value; readonly bytes: number } | undefined {
    const entry = this.#oldest;
    if (entry !== undefined) this.delete(entry.key);
    return entry;
  }

  /** What would go next. */
  oldest(): { readonly key: string; readonly value: Value; readonly bytes: number } | undefined {
    return this.#oldest;
  }

  #link(entry: Entry<Value>): void {
    [entry.older, entry.newer] = [this.#newest, undefined];
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
    this.bytes += entry.bytes;
  }

  #unlink(entry: Entry<Value>): void {
    if (entry.older === undefined) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === undefined) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    this.bytes -= entry.bytes;
  }
}
