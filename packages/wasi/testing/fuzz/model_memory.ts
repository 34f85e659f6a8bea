/** Guest memory as the model sees it: what it was, what the model says it is now, and what it really is. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";

export class ModelMemory {
  readonly #before: Uint8Array;
  readonly #expected: Map<number, number> = new Map();
  readonly #real: Uint8Array;

  /** @param after not changed, nor used after {@link compare} */
  constructor(before: Uint8Array, after: Uint8Array) {
    this.#before = before;
    this.#real = after;
  }

  /** What the memory really is now. */
  get after(): DataView {
    return new DataView(this.#real.buffer, this.#real.byteOffset, this.#real.length);
  }

  /** Whether these bytes exist; both numbers count from 0 to 2³² − 1, whatever their sign. */
  has(pointer: number, length: number): boolean {
    return (pointer >>> 0) + (length >>> 0) <= this.#before.length;
  }

  bytes(pointer: number, length: number): Uint8Array {
    return this.#before.subarray(pointer >>> 0, (pointer >>> 0) + (length >>> 0));
  }

  /** The text there; undefined where it is not UTF-8. */
  text(pointer: number, length: number): string | undefined {
    try {
      const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      return decoder.decode(this.bytes(pointer, length));
    } catch {
      return undefined;
    }
  }

  u32(pointer: number): number {
    const bytes = this.bytes(pointer, 4);
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  }

  write(pointer: number, bytes: Uint8Array): void {
    for (const [index, byte] of bytes.entries()) this.#expected.set((pointer >>> 0) + index, byte);
  }

  writeU8(pointer: number, value: number): void {
    this.write(pointer, Uint8Array.of(value));
  }

  writeU32(pointer: number, value: number): void {
    this.write(pointer, new Uint8Array(Uint32Array.of(value).buffer));
  }

  writeU64(pointer: number, value: bigint): void {
    this.write(pointer, new Uint8Array(BigUint64Array.of(value).buffer));
  }

  /** Believes what is really there. */
  takeOver(pointer: number, length: number): void {
    this.write(pointer, this.#real.subarray(pointer, pointer + length));
  }

  /** What is really there is what was there, but for what the model has written. */
  compare(): void {
    const expected = this.#before.slice();
    for (const [at, byte] of this.#expected) expected[at] = byte;
    if (Buffer.compare(expected, this.#real) === 0) return;
    const at = expected.findIndex((byte, index) => byte !== this.#real[index]);
    const around = (bytes: Uint8Array) => bytes.slice(Math.max(0, at - 8), at + 24).join(" ");
    assert.equal(around(this.#real), around(expected), `memory differs at ${at}`);
  }
}
