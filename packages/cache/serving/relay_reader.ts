/** One who reads a body that others read too, at a pace of its own. */

import type { ByteRange } from "@skerry/http";

/** Whom a reader tells. */
export interface ReaderEvents {
  /** It has taken more. */
  moved(): void;
  /** It reads no further. */
  closed(): void;
}

/** What there is at a place: bytes, the end, or a promise of either or of more. Throws where the body broke off. */
export type ReadAt = (position: number) => Uint8Array | "end" | Promise<Uint8Array | void>;

/** To be read once, or closed. */
export class RelayReader implements AsyncIterable<Uint8Array> {
  readonly #readAt: ReadAt;
  readonly #events: ReaderEvents;
  #position: number;
  readonly #last: number;
  #isOpen = true;

  /** @param range what of it is read, all of it unless told */
  constructor(readAt: ReadAt, events: ReaderEvents, range?: ByteRange) {
    this.#readAt = readAt;
    this.#events = events;
    this.#position = range?.first ?? 0;
    this.#last = range?.last ?? Infinity;
  }

  /** How far it has come. */
  get position(): number {
    return this.#position;
  }

  /** It gets no more: its client has gone, or it has held up others for too long. Harmless when done twice. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#events.closed();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      while (this.#isOpen) {
        if (this.#position > this.#last) return;
        const next = this.#readAt(this.#position);
        if (next === "end") {
          if (this.#last === Infinity) return;
          throw new Error("the body is shorter than was told");
        }
        const bytes = next instanceof Promise ? await next : next;
        if (bytes === undefined) continue;
        const left = this.#last + 1 - this.#position;
        yield bytes.length > left ? bytes.subarray(0, left) : bytes;
        // Only what was taken lets the origin go on.
        this.#position += bytes.length;
        this.#events.moved();
      }
      throw new Error("the response was given up");
    } finally {
      this.close();
    }
  }
}
