/** A body on its way from a backend to a client: counted, and its end told once, however it comes about. */

/** How a body ended. */
export type BodyEnd = "whole" | "the response was cut off" | "hung up";

/** Counts a body. */
export class CountedBody implements AsyncIterable<Uint8Array> {
  readonly #body: AsyncIterable<Uint8Array>;
  #onEnd: ((end: BodyEnd, bytes: number) => void) | undefined;
  #bytes = 0;

  /** @param onEnd called once */
  constructor(body: AsyncIterable<Uint8Array>, onEnd: (end: BodyEnd, bytes: number) => void) {
    this.#body = body;
    this.#onEnd = onEnd;
  }

  /** Tells the end where none was told yet; for a body that nobody will read. */
  end(end: BodyEnd): void {
    const onEnd = this.#onEnd;
    this.#onEnd = undefined;
    onEnd?.(end, this.#bytes);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of this.#body) {
        this.#bytes += piece.length;
        yield piece;
      }
      this.end("whole");
    } finally {
      this.end("the response was cut off");
    }
  }
}
