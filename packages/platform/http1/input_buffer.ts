/**
 * Bytes of a connection that have arrived and are not taken yet.
 *
 * What it hands out is copied, because the memory is filled again. It is bounded: where it is full, nothing is
 * read, and the client has to wait.
 */

import { Buffer } from "node:buffer";

/** Enough for most heads: a connection that waits costs no more. */
const capacityAtFirst = 4 * 1024;
/** Large bodies are read in pieces of up to this size. */
const pieceBytesMax = 64 * 1024;

/** A queue of bytes. */
export class InputBuffer {
  readonly #capacityMax: number;
  #bytes = new Uint8Array(capacityAtFirst);
  /** The same memory; `Buffer` alone makes text with a character for each byte, and fast. */
  #text = Buffer.from(this.#bytes.buffer);
  #start = 0;
  #end = 0;
  /** How far the last read has filled it: it grows and shrinks with that while it is empty. */
  #lastFill = 0;

  /** @param takenAtOnceMax the most bytes that must be here together before any are taken */
  constructor(takenAtOnceMax: number) {
    this.#capacityMax = Math.max(pieceBytesMax, 2 * takenAtOnceMax);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /**
   * Where the next bytes may be put, to be followed by {@link filled}. Undefined where it is full, or too full
   * for a read that is worth it.
   *
   * @param isWanted whether somebody cannot go on with what is here
   */
  room(isWanted: boolean): Uint8Array | undefined {
    if (this.#start === this.#end) {
      this.#start = this.#end = 0;
      const capacity = this.#bytes.length;
      if (this.#lastFill === capacity && capacity < pieceBytesMax) this.#resize(2 * capacity);
      else if (this.#lastFill < capacity / 4 && capacity > capacityAtFirst) {
        this.#resize(capacityAtFirst);
      }
      return this.#bytes;
    }
    if (this.#end === this.#bytes.length) {
      if (2 * this.#start >= this.#end) this.#compact();
      else if (isWanted && this.#end < this.#capacityMax) this.#resize(2 * this.#end);
      else return undefined;
    }
    return this.#bytes.subarray(this.#end);
  }

  /** Tells how many bytes were put into the {@link room}. */
  filled(count: number): void {
    this.#end += count;
    this.#lastFill = this.#end;
  }

  /** The byte at this place; undefined where none has arrived. */
  at(index: number): number | undefined {
    return index < this.length ? this.#bytes[this.#start + index] : undefined;
  }

  /** Whether these bytes are the first. */
  beginsWith(bytes: Uint8Array): boolean {
    if (this.length < bytes.length) return false;
    const [here, start] = [this.#bytes, this.#start];
    for (let at = 0; at < bytes.length; at += 1) if (here[start + at] !== bytes[at]) return false;
    return true;
  }

  /** Where a byte first stands among the next `count`; -1 where it has not arrived. */
  indexOf(byte: number, count: number): number {
    const end = Math.min(this.#end, this.#start + count);
    return this.#bytes.subarray(this.#start, end).indexOf(byte);
  }

  /** A character for each byte. */
  text(from: number, to: number): string {
    return this.#text.toString("latin1", this.#start + from, Math.min(this.#start + to, this.#end));
  }

  skip(count: number): void {
    this.#start += count;
  }

  /** Takes up to so many bytes. */
  take(bytesMax: number): Uint8Array<ArrayBuffer> {
    const end = Math.min(this.#end, this.#start + bytesMax);
    const taken = this.#bytes.slice(this.#start, end);
    this.#start = end;
    return taken;
  }

  #compact(): void {
    this.#bytes.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }

  #resize(capacity: number): void {
    const bytes = new Uint8Array(capacity);
    bytes.set(this.#bytes.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#start = 0;
    this.#bytes = bytes;
    this.#text = Buffer.from(bytes.buffer);
  }
}
