/**
 * Programs that were used lately, up to a number of bytes. What does not fit any more is forgotten, that which was used
 * longest ago first, and is made again when it is asked for.
 */

import { RecentMap } from "@skerry/base";

/** A bounded collection; `Value` is asked for its size once. */
export class ProgramShelf<Value> {
  readonly #bytesMax: number;
  readonly #onForgotten: (value: Value) => void;
  readonly #entries = new RecentMap<string, { readonly value: Value; readonly bytes: number }>();
  #bytes = 0;

  constructor(bytesMax: number, onForgotten: (value: Value) => void = () => {}) {
    this.#bytesMax = bytesMax;
    this.#onForgotten = onForgotten;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Finds a value, which counts as a use. */
  get(key: string): Value | undefined {
    return this.#entries.use(key)?.value;
  }

  /** Keeps a value, at least until the next is put. */
  put(key: string, value: Value, bytes: number): void {
    this.#remove(key);
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    while (this.#bytes > this.#bytesMax) {
      const oldest = this.#entries.oldestKey();
      if (oldest === undefined || oldest === key) return;
      this.#remove(oldest);
    }
  }

  /** Forgets a value that will not be asked for again. */
  drop(key: string): void {
    this.#remove(key);
  }

  #remove(key: string): void {
    const entry = this.#entries.peek(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    this.#onForgotten(entry.value);
  }
}
