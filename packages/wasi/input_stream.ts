/**
 * A source as a guest needs it: reads that may wait, and a way to see whether they would.
 *
 * At most one read of the source is under way, and what it brought is kept until the guest takes it.
 */

import { type ByteSource, concatBytes, ErrnoError, type ErrnoName, fail } from "@skerry/base";
import { streamChunkBytesMax } from "./limits.ts";
import { Waiters } from "./waiters.ts";

const nothing = new Uint8Array(0);

/** A buffered source. */
export class InputStream {
  readonly #source: ByteSource;
  #buffer: Uint8Array = nothing;
  #state: "open" | "end" | "failed" = "open";
  #failure: ErrnoName = "EIO";
  #reading = false;
  /** Made when somebody waits, which is rare. */
  #waiters: Waiters | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get isTerminal(): boolean {
    return this.#source.isTerminal === true;
  }

  /** Whether the next {@link take} fails. */
  get isBroken(): boolean {
    return this.#buffer.length === 0 && this.#state === "failed";
  }

  /** Bytes that a read gets without waiting; undefined where it would wait. 0 is the end, or an error. */
  get available(): number | undefined {
    return this.#buffer.length > 0 || this.#state !== "open" ? this.#buffer.length : undefined;
  }

  /**
   * Asks the source for bytes, unless there are so many or it was asked already. They may be there at once.
   *
   * @param bytesMin more than a chunk is never waited for
   */
  prepare(bytesMin = 1): void {
    if (!this.has(bytesMin) && !this.#reading) this.#start();
  }

  /** Whether there are so many bytes (or a chunk of them), or no more to come. */
  has(bytesMin: number): boolean {
    return this.#state !== "open" ||
      this.#buffer.length >= Math.min(bytesMin, streamChunkBytesMax);
  }

  /**
   * Resolves when there are so many bytes or no more to come, or when the signal is aborted; it never rejects.
   * Nothing of a waiter that has gone stays behind, however long the source takes.
   */
  async ready(signal: AbortSignal, bytesMin = 1): Promise<void> {
    do await this.#arrival(signal, bytesMin); while (!signal.aborted && !this.has(bytesMin));
  }

  #arrival(signal: AbortSignal, bytesMin: number): Promise<void> {
    return (this.#waiters ??= new Waiters()).wait(signal, () => {
      this.prepare(bytesMin);
      return this.has(bytesMin);
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
      return state === "failed" ? fail(this.#failure) : nothing;
    }
    const taken = this.#buffer.subarray(0, bytesMax);
    this.#buffer = this.#buffer.subarray(taken.length);
    return taken;
  }

  /** What {@link take} would give, left where it is. */
  peek(bytesMax: number): Uint8Array {
    if (this.isBroken) fail(this.#failure);
    return this.#buffer.subarray(0, bytesMax);
  }

  #start(): void {
    this.#reading = true;
    try {
      const read = this.#source.read(streamChunkBytesMax);
      if (read instanceof Uint8Array) this.#arrived(read);
      else void read.then((bytes) => this.#arrived(bytes), (error) => this.#broke(error));
    } catch (error) {
      this.#broke(error);
    }
  }

  #arrived(bytes: Uint8Array): void {
    const before = this.#buffer;
    this.#buffer = before.length === 0 ? bytes : concatBytes([before, bytes]);
    if (bytes.length === 0) this.#state = "end";
    this.#settle();
  }

  #broke(error: unknown): void {
    this.#state = "failed";
    this.#failure = error instanceof ErrnoError ? error.errno : "EIO";
    this.#settle();
  }

  #settle(): void {
    this.#reading = false;
    this.#waiters?.wake();
  }
}
