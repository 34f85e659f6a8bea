/** A body on its way from a client to a backend: counted as it is read. */

import type { ByteSource } from "@skerry/base";

/** Counts what is read. */
export class CountedSource implements ByteSource {
  readonly #source: ByteSource;
  #bytesRead = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Bytes that were read. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  read(bytesMax: number): Uint8Array | Promise<Uint8Array> {
    const bytes = this.#source.read(bytesMax);
    return bytes instanceof Uint8Array ? this.#counted(bytes) : bytes.then((b) => this.#counted(b));
  }

  #counted(bytes: Uint8Array): Uint8Array {
    this.#bytesRead += bytes.length;
    return bytes;
  }
}
