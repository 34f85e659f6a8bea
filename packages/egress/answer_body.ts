/** The body of an answer, between whoever receives it and whoever reads it. */

import type { NetworkFailure } from "./failure.ts";

/** Whom a body tells what becomes of it. */
export interface BodyEvents {
  /** It holds as much as it may. */
  readonly onFull: () => void;
  /** It was full, and has room again. */
  readonly onRoom: () => void;
  /** Its reader has left, perhaps before the end. */
  readonly onLeft: () => void;
}

/** Pieces in their order, to be read once. */
export class AnswerBody implements AsyncIterable<Uint8Array> {
  readonly #bytesMax: number;
  readonly #broken: (failure: NetworkFailure) => Error;
  readonly #events: BodyEvents;
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;
  #isFull = false;
  #end: { readonly failure: NetworkFailure | undefined } | undefined;
  #wake: (() => void) | undefined;

  constructor(
    bytesMax: number,
    broken: (failure: NetworkFailure) => Error,
    events: BodyEvents,
  ) {
    this.#bytesMax = bytesMax;
    this.#broken = broken;
    this.#events = events;
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (!this.#isFull && this.#bytes >= this.#bytesMax) {
      this.#isFull = true;
      this.#events.onFull();
    }
    this.#wake?.();
  }

  end(): void {
    this.#end ??= { failure: undefined };
    this.#wake?.();
  }

  /** It breaks off, once what has come is read. */
  fail(failure: NetworkFailure): void {
    this.#end ??= { failure };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (;;) {
        const piece = this.#pieces.shift();
        if (piece !== undefined) {
          this.#took(piece.length);
          yield piece;
        } else if (this.#end !== undefined) {
          if (this.#end.failure !== undefined) throw this.#broken(this.#end.failure);
          return;
        } else {
          await new Promise<void>((resolve) => this.#wake = resolve);
          this.#wake = undefined;
        }
      }
    } finally {
      this.#events.onLeft();
    }
  }

  #took(bytes: number): void {
    this.#bytes -= bytes;
    if (!this.#isFull || this.#bytes > this.#bytesMax / 2) return;
    this.#isFull = false;
    this.#events.onRoom();
  }
}
