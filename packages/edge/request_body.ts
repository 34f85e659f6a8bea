/** A request's body as a guest's stdin: pulled as the guest reads, and bounded. */

import type { ByteSource } from "@skerry/base";

/** A body with a bound, and a count of what was read. */
export class RequestBody implements ByteSource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #bytesMax: number;
  readonly #onTooLarge: () => void;
  #left: Uint8Array = new Uint8Array(0);
  #bytesRead = 0;

  /**
   * @param body null where the request has none
   * @param bytesMax bound on all of it
   * @param onTooLarge called once the bound is passed; the guest sees the end of its input
   */
  constructor(
    body: ReadableStream<Uint8Array> | null,
    bytesMax: number,
    onTooLarge: () => void,
  ) {
    this.#reader = body?.getReader();
    this.#bytesMax = bytesMax;
    this.#onTooLarge = onTooLarge;
  }

  /** Bytes that came from the client so far. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  read(bytesMax: number): Uint8Array | Promise<Uint8Array> {
    return this.#left.length > 0 || this.#reader === undefined
      ? this.#take(bytesMax)
      : this.#pull(this.#reader, bytesMax);
  }

  /** Lets go of a body that the guest did not read to its end. */
  async close(): Promise<void> {
    // The client may be gone, which is not news at this point.
    await this.#reader?.cancel().catch(() => {});
  }

  #take(bytesMax: number): Uint8Array {
    const chunk = this.#left.subarray(0, bytesMax);
    this.#left = this.#left.subarray(chunk.length);
    return chunk;
  }

  async #pull(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    bytesMax: number,
  ): Promise<Uint8Array> {
    // A chunk may be empty, which is not the end.
    for (let empty = 0; empty < 1000; empty += 1) {
      const { done, value } = await reader.read();
      if (done) break;
      this.#bytesRead += value.length;
      if (this.#bytesRead > this.#bytesMax) {
        this.#onTooLarge();
        break;
      }
      this.#left = value;
      if (value.length > 0) return this.#take(bytesMax);
    }
    return new Uint8Array(0);
  }
}
