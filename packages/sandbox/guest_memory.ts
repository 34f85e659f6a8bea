/**
 * The one way to touch a guest's linear memory.
 *
 * Every access is bounds-checked against the memory as it is now, so a view is never used after growth:
 * take it again after each call that may grow memory and after each await. Whatever comes from Wasm as an
 * i32 is read as unsigned, as pointers and lengths are. What the host writes passes through the `write`
 * methods alone, which is where pages will be marked as dirty.
 */

/** Thrown where a pointer and a length do not lie inside the memory. A host interface turns it into its own error (EFAULT). */
export class GuestMemoryFault extends Error {
  override readonly name = "GuestMemoryFault";
}

/** Little-endian reads and writes in one linear memory. */
export class GuestMemory {
  readonly #memory: WebAssembly.Memory;
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer as ArrayBuffer);
    this.#view = new DataView(memory.buffer as ArrayBuffer);
  }

  /** Bytes that the memory has now. */
  get byteLength(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Checks that `length` bytes at `pointer` exist. */
  check(pointer: number, length: number): void {
    this.#at(pointer, length);
  }

  /** A view of guest bytes to read from, good until the guest runs again. Nothing may be written to it. */
  view(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    const start = this.#at(pointer, length);
    return this.#bytes.subarray(start, start + (length >>> 0));
  }

  /** A copy of guest bytes. */
  copy(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    return this.view(pointer, length).slice();
  }

  /** The byte at `pointer`. */
  readU8(pointer: number): number {
    const at = this.#at(pointer, 1);
    return this.#view.getUint8(at);
  }

  /** The 16-bit number at `pointer`. */
  readU16(pointer: number): number {
    const at = this.#at(pointer, 2);
    return this.#view.getUint16(at, true);
  }

  /** The 32-bit number at `pointer`. */
  readU32(pointer: number): number {
    const at = this.#at(pointer, 4);
    return this.#view.getUint32(at, true);
  }

  /** The 64-bit number at `pointer`. */
  readU64(pointer: number): bigint {
    const at = this.#at(pointer, 8);
    return this.#view.getBigUint64(at, true);
  }

  /** Copies bytes into the guest. */
  write(pointer: number, bytes: Uint8Array): void {
    const at = this.#at(pointer, bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Lets `fill` write guest bytes in place (random bytes, say). The view is good only inside the call. */
  writeWith(pointer: number, length: number, fill: (bytes: Uint8Array<ArrayBuffer>) => void): void {
    const start = this.#at(pointer, length);
    fill(this.#bytes.subarray(start, start + (length >>> 0)));
  }

  /** Writes a byte. */
  writeU8(pointer: number, value: number): void {
    const at = this.#at(pointer, 1);
    this.#view.setUint8(at, value);
  }

  /** Writes a 16-bit number. */
  writeU16(pointer: number, value: number): void {
    const at = this.#at(pointer, 2);
    this.#view.setUint16(at, value, true);
  }

  /** Writes a 32-bit number. */
  writeU32(pointer: number, value: number): void {
    const at = this.#at(pointer, 4);
    this.#view.setUint32(at, value, true);
  }

  /** Writes a 64-bit number. */
  writeU64(pointer: number, value: bigint): void {
    const at = this.#at(pointer, 8);
    this.#view.setBigUint64(at, value, true);
  }

  /**
   * The pointer as an index, once all of the range is known to exist. It takes new views after growth, so it
   * is called before a view is looked at.
   */
  #at(pointer: number, length: number): number {
    if (this.#bytes.buffer !== this.#memory.buffer) {
      this.#bytes = new Uint8Array(this.#memory.buffer as ArrayBuffer);
      this.#view = new DataView(this.#memory.buffer as ArrayBuffer);
    }
    const start = pointer >>> 0;
    if (start + (length >>> 0) > this.#bytes.length) {
      throw new GuestMemoryFault(
        `bytes ${start} to ${start + (length >>> 0)} of a memory of ${this.#bytes.length}`,
      );
    }
    return start;
  }
}
