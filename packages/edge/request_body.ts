/** A request's body as a guest's stdin: read as the guest reads, counted, and bounded. */

import { type ByteSource, emptySource } from "@skerry/base";

/** A body with a bound. */
export class RequestBody implements ByteSource {
  readonly #source: ByteSource;
  readonly #bytesMax: number;
  readonly #onTooLarge: () => void;
  #bytesRead = 0;

  /**
   * @param source undefined where the request has no body
   * @param bytesMax bound on all of it
   * @param onTooLarge called once the bound is passed; the guest sees the end of its input
   */
  constructor(source: ByteSource | undefined, bytesMax: number, onTooLarge: () => void) {
    this.#source = source ?? emptySource;
    this.#bytesMax = bytesMax;
    this.#onTooLarge = onTooLarge;
  }

  /** Bytes that came from the client so far. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  read(bytesMax: number): Uint8Array | Promise<Uint8Array> {
    const answer = this.#source.read(bytesMax);
    return answer instanceof Uint8Array
      ? this.#count(answer)
      : answer.then((bytes) => this.#count(bytes));
  }

  #count(bytes: Uint8Array): Uint8Array {
    this.#bytesRead += bytes.length;
    if (this.#bytesRead <= this.#bytesMax) return bytes;
    this.#onTooLarge();
    return nothing;
  }
}

const nothing = new Uint8Array(0);
