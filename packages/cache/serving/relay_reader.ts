/** One who reads a body that others read too, at a pace of its own. */

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
  #position = 0;
  #isOpen = true;

  constructor(readAt: ReadAt, events: ReaderEvents) {
    this.#readAt = readAt;
    this.#events = events;
  }

  /** How many bytes it has taken. */
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
        const next = this.#readAt(this.#position);
        if (next === "end") return;
        const bytes = next instanceof Promise ? await next : next;
        if (bytes === undefined) continue;
        yield bytes;
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
