/** How a body is taken out of what has arrived. */

import type { Field } from "@skerry/http";
import type { InputBuffer } from "./input_buffer.ts";
import type { Refusal } from "./refusal.ts";

/** Takes a body out of a buffer. */
export interface BodyDecoder {
  /** The next bytes; none at the end; `more` where what is here does not tell yet. */
  take(buffer: InputBuffer, bytesMax: number): Uint8Array | "more" | Refusal;
  /** Whether all of it was taken. */
  readonly isDone: boolean;
  /** The fields after the body, once all of it was taken; as they came, and checked in form alone. */
  readonly trailers: readonly Field[];
}

/** A body whose length is known (RFC 9112 §6.2). */
export class CountingDecoder implements BodyDecoder {
  readonly trailers = [];
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get isDone(): boolean {
    return this.#left === 0;
  }

  take(buffer: InputBuffer, bytesMax: number): Uint8Array | "more" {
    if (this.#left > 0 && buffer.length === 0) return "more";
    const taken = buffer.take(Math.min(this.#left, bytesMax));
    this.#left -= taken.length;
    return taken;
  }
}
