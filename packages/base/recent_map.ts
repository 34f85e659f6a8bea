/**
 * A map that knows in which order its entries were used last.
 *
 * To delete an entry of a `Map` and set it again would keep that order, too; but V8 leaves what was deleted in the chain of
 * its hash until it makes the table anew, and looks through all of it: 25 µs for each use of a key among 10,000 others.
 */

interface Entry<Key, Value> {
  readonly key: Key;
  value: Value;
  older: Entry<Key, Value> | undefined;
  newer: Entry<Key, Value> | undefined;
}

/** See the head of this file. Nothing is forgotten by itself. */
export class RecentMap<Key, Value> {
  readonly #entries = new Map<Key, Entry<Key, Value>>();
  #oldest: Entry<Key, Value> | undefined;
  #newest: Entry<Key, Value> | undefined;

  get size(): number {
    return this.#entries.size;
  }

  /** A value, which is used by that. */
  use(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#toEnd(entry);
    return entry?.value;
  }

  /** A value, which keeps its place in the order. */
  peek(key: Key): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Sets a value, which is used by that. */
  set(key: Key, value: Value): void {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#entries.set(key, entry = { key, value, older: undefined, newer: undefined });
      this.#append(entry);
      return;
    }
    entry.value = value;
    this.#toEnd(entry);
  }

  /** Whether there was such an entry. */
  delete(key: Key): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#entries.delete(key);
    this.#takeOut(entry);
    return true;
  }

  /** The key whose last use is the longest ago. */
  oldestKey(): Key | undefined {
    return this.#oldest?.key;
  }

  /** Values, the one whose last use is the longest ago first. The one that was given last may be deleted meanwhile. */
  *values(): Generator<Value, void> {
    for (let entry = this.#oldest; entry !== undefined;) {
      const { newer } = entry;
      yield entry.value;
      entry = newer;
    }
  }

  #toEnd(entry: Entry<Key, Value>): void {
    if (entry === this.#newest) return;
    this.#takeOut(entry);
    this.#append(entry);
  }

  #append(entry: Entry<Key, Value>): void {
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  #takeOut({ older, newer }: Entry<Key, Value>): void {
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }
}
