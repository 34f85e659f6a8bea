/** What goes out, as it is put together: bytes, in memory that is used again. */

/** Most heads fit, together with a small body. */
const usualBytes = 4 * 1024;

/** See the head of this file. */
export class HeadBytes {
  readonly #usual = new Uint8Array(usualBytes);
  #bytes = this.#usual;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Begins anew, with room for so many bytes: what was put together is no longer needed. */
  clear(count = 0): void {
    this.#length = 0;
    this.#bytes = count > usualBytes ? new Uint8Array(count) : this.#usual;
  }

  /** Whether so many more bytes are taken without more memory. */
  hasRoomFor(count: number): boolean {
    return this.#length + count <= usualBytes;
  }

  /** Adds a byte for each character, of which none is beyond U+00FF. */
  text(text: string): void {
    const end = this.#length + text.length;
    const bytes = this.#withRoomFor(end);
    for (let at = this.#length, from = 0; at < end; at += 1, from += 1) {
      bytes[at] = text.charCodeAt(from);
    }
    this.#length = end;
  }

  add(added: Uint8Array): void {
    const end = this.#length + added.length;
    this.#withRoomFor(end).set(added, this.#length);
    this.#length = end;
  }

  /** All of it, until it is cleared. */
  all(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #withRoomFor(end: number): Uint8Array {
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.all());
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}
