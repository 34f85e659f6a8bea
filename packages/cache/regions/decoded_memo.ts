/**
 * What a thread has read of shared memory lately, so that what is asked for often is not read and decoded each time. Whoever
 * uses it looks first whether the record is still there.
 */

import type { KeptSet } from "../kept.ts";
import type { Region } from "./region.ts";

/** A set, and the record that it was read of. */
export interface Decoded {
  readonly tenant: string;
  readonly set: KeptSet;
  readonly region: Region;
  readonly slot: number;
  readonly stamp: number;
  /** Of the record. */
  readonly bytes: number;
}

/** What a decoded response takes of the heap beside its bytes, about. */
const objectBytes = 2_000;

/** Sets by key, in two halves: when the younger is full, the older one is forgotten. */
export class DecodedMemo {
  readonly #halfBytesMax: number;
  #young = new Map<string, Decoded>();
  #old = new Map<string, Decoded>();
  #youngBytes = 0;

  constructor(bytesMax: number) {
    this.#halfBytesMax = bytesMax / 2;
  }

  get(key: string): Decoded | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.put(key, old);
    return old;
  }

  put(key: string, decoded: Decoded): void {
    const bytes = objectBytes + decoded.bytes;
    if (bytes > this.#halfBytesMax) return this.delete(key);
    if (this.#youngBytes + bytes > this.#halfBytesMax) {
      [this.#old, this.#young, this.#youngBytes] = [this.#young, new Map(), 0];
    }
    // What takes another's place is counted twice until both are forgotten.
    this.#young.set(key, decoded);
    this.#youngBytes += bytes;
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
