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
  #reading = false;
  /** Made when somebody waits, which is rare. */
  #waiters: Set<() => void> | undefined;

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

  /** Asks the source for bytes, unless there are some or it was asked already. They may be there at once. */
  prepare(): void {
    if (this.available === undefined && !this.#reading) this.#start();
  }

  /**
   * Resolves when a read need not wait, or when the signal is aborted; it never rejects. Nothing of a waiter
   * that has gone stays behind, however long the source takes.
   */
  ready(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiters = this.#waiters ??= new Set();
      const done = () => {
        waiters.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      waiters.add(done);
      signal.addEventListener("abort", done, { once: true });
      this.prepare();
      if (signal.aborted || this.available !== undefined) done();
    });
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

  #start(): void {
    this.#reading = true;
    try {
      const read = this.#source.read(streamChunkBytesMax);
      if (read instanceof Uint8Array) this.#arrived(read);
      else void read.then((bytes) => this.#arrived(bytes), () => this.#broke());
    } catch {
      this.#broke();
    }
  }

  #arrived(bytes: Uint8Array): void {
    this.#buffer = bytes;
    if (bytes.length === 0) this.#state = "end";
    this.#settle();
  }

  #broke(): void {
    this.#state = "failed";
    this.#settle();
  }

  #settle(): void {
    this.#reading = false;
    for (const done of [...this.#waiters ?? []]) done();
  }
}
