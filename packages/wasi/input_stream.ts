/**
 * Standard input as a guest needs it: reads that may wait, and a way to see whether they would.
 *
 * At most one read of the source is under way, and what it brought is kept until the guest takes it.
 */

import type { ByteSource } from "@skerry/base";
import { fail } from "./errno.ts";
import { streamChunkBytesMax } from "./limits.ts";

const nothing = new Uint8Array(0);

/** A buffered source. */
export class InputStream {
  readonly #source: ByteSource;
  #buffer: Uint8Array = nothing;
  #state: "open" | "end" | "failed" = "open";
  #reading: Promise<void> | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get isTerminal(): boolean {
    return this.#source.isTerminal === true;
  }

  /** Bytes that a read gets without waiting; undefined where it would wait. 0 is the end, or an error. */
  get available(): number | undefined {
    return this.#buffer.length > 0 || this.#state !== "open" ? this.#buffer.length : undefined;
  }

  /** Makes sure that a read need not wait: now, or when the promise settles. It never rejects. */
  prepare(): void | Promise<void> {
    if (this.available !== undefined) return;
    return this.#reading ?? this.#start();
  }

  /**
   * Takes up to `bytesMax` bytes of what {@link prepare} has made ready; none at the end, which is told once:
   * the read after it asks the source again, as on a terminal.
   */
  take(bytesMax: number): Uint8Array {
    if (this.#buffer.length === 0) {
      const state = this.#state;
      this.#state = "open";
      return state === "failed" ? fail("EIO") : nothing;
    }
    const taken = this.#buffer.subarray(0, bytesMax);
    this.#buffer = this.#buffer.subarray(taken.length);
    return taken;
  }

  #start(): void | Promise<void> {
    try {
      const read = this.#source.read(streamChunkBytesMax);
      if (read instanceof Uint8Array) return this.#arrived(read);
      this.#reading = read.then((bytes) => this.#arrived(bytes), () => this.#broke());
      return this.#reading;
    } catch {
      this.#broke();
    }
  }

  #arrived(bytes: Uint8Array): void {
    this.#reading = undefined;
    this.#buffer = bytes;
    if (bytes.length === 0) this.#state = "end";
  }

  #broke(): void {
    this.#reading = undefined;
    this.#state = "failed";
  }
}
