/**
 * The one way to touch a guest's linear memory.
 *
 * Every access is bounds-checked against the memory as it is now, so a view is never used after growth:
 * take it again after each call that may grow memory and after each await. Whatever comes from Wasm as an
 * i32 is read as unsigned, as pointers and lengths are. What the host writes passes through the `write`
 * methods alone, which mark the pages for the reset.
 *
 * It belongs to one lease. When that is over it reaches nothing any more, so that a host function which comes
 * back late cannot touch what another request's guest has in the same instance.
 */

import { MemoryViews } from "./memory_views.ts";

/** Thrown where a pointer and a length do not lie inside the memory. A host interface turns it into its own error (EFAULT). */
export class GuestMemoryFault extends Error {
  override readonly name = "GuestMemoryFault";
}

/** Little-endian reads and writes in one linear memory. */
export class GuestMemory {
  #views: MemoryViews | undefined;

  /** @param memory of a recycled instance, its views; else the memory alone, whose pages are not marked */
  constructor(memory: WebAssembly.Memory | MemoryViews) {
    this.#views = memory instanceof MemoryViews ? memory : new MemoryViews(memory);
  }

  /** Bytes that the memory has now. */
  get byteLength(): number {
    return this.#held().byteLength;
  }

  /** The lease is over: every use from now on is a fault. */
  revoke(): void {
    this.#views = undefined;
  }

  /** Checks that `length` bytes at `pointer` exist. */
  check(pointer: number, length: number): void {
    this.#at(pointer, length);
  }

  /** A view of guest bytes to read from, good until the guest runs again. Nothing may be written to it. */
  view(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    return this.#at(pointer, length).range(pointer >>> 0, length >>> 0);
  }

  /** A copy of guest bytes. */
  copy(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    const { bytes } = this.#at(pointer, length);
    const start = pointer >>> 0;
    return bytes.slice(start, start + (length >>> 0));
  }

  /** The byte at `pointer`. */
  readU8(pointer: number): number {
    return this.#at(pointer, 1).view.getUint8(pointer >>> 0);
  }

  /** The 16-bit number at `pointer`. */
  readU16(pointer: number): number {
    return this.#at(pointer, 2).view.getUint16(pointer >>> 0, true);
  }

  /** The 32-bit number at `pointer`. */
  readU32(pointer: number): number {
    return this.#at(pointer, 4).view.getUint32(pointer >>> 0, true);
  }

  /** The 64-bit number at `pointer`. */
  readU64(pointer: number): bigint {
    return this.#at(pointer, 8).view.getBigUint64(pointer >>> 0, true);
  }

  /** Copies bytes into the guest. */
  write(pointer: number, bytes: Uint8Array): void {
    this.#toWrite(pointer, bytes.length).bytes.set(bytes, pointer >>> 0);
  }

  /**
   * Lets `fill` write guest bytes in place (random bytes, say), and answers what it does. The view is good only inside
   * the call.
   */
  writeWith<Answer>(
    pointer: number,
    length: number,
    fill: (bytes: Uint8Array<ArrayBuffer>) => Answer,
  ): Answer {
    return fill(this.#toWrite(pointer, length).range(pointer >>> 0, length >>> 0));
  }

  /** Writes a byte. */
  writeU8(pointer: number, value: number): void {
    this.#toWrite(pointer, 1).view.setUint8(pointer >>> 0, value);
  }

  /** Writes a 16-bit number. */
  writeU16(pointer: number, value: number): void {
    this.#toWrite(pointer, 2).view.setUint16(pointer >>> 0, value, true);
  }

  /** Writes a 32-bit number. */
  writeU32(pointer: number, value: number): void {
    this.#toWrite(pointer, 4).view.setUint32(pointer >>> 0, value, true);
  }

  /** Writes a 64-bit number. */
  writeU64(pointer: number, value: bigint): void {
    this.#toWrite(pointer, 8).view.setBigUint64(pointer >>> 0, value, true);
  }

  /** Writes a whole number from 0 to 2^53 as 64 bits: to make a bigint of it takes the engine longer than to write it. */
  writeWhole(pointer: number, value: number): void {
    const { view } = this.#toWrite(pointer, 8);
    const start = pointer >>> 0;
    // Of a number its low 32 bits are taken (ECMA-262, ToUint32).
    view.setUint32(start, value, true);
    view.setUint32(start + 4, value / 2 ** 32, true);
  }

  #held(): MemoryViews {
    if (this.#views === undefined) throw new GuestMemoryFault("the lease of this memory is over");
    return this.#views;
  }

  /** The memory as it is now, once all of the range is known to exist. */
  #at(pointer: number, length: number): MemoryViews {
    const views = this.#held();
    views.refresh();
    const start = pointer >>> 0;
    if (start + (length >>> 0) > views.bytes.length) {
      throw new GuestMemoryFault(
        `bytes ${start} to ${start + (length >>> 0)} of a memory of ${views.bytes.length}`,
      );
    }
    return views;
  }

  /** As {@link #at}, for a range that is about to be written. */
  #toWrite(pointer: number, length: number): MemoryViews {
    const views = this.#at(pointer, length);
    views.mark(pointer >>> 0, length >>> 0);
    return views;
  }
}
