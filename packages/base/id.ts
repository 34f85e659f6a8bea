/** Identifiers. */

import type { RandomSource } from "./ports.ts";

const idBytes = 16;
/** The generator is asked for so many ids at once: asking costs more than what it gives. */
const idsAtOnce = 64;

const hexadecimal = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Makes requests' ids: 16 random bytes as 32 hexadecimal digits, the shape of a W3C trace id. */
export class RequestIds {
  readonly #random: RandomSource;
  readonly #bytes = new Uint8Array(idBytes * idsAtOnce);
  #used = this.#bytes.length;

  constructor(random: RandomSource) {
    this.#random = random;
  }

  /** A new id. */
  next(): string {
    if (this.#used === this.#bytes.length) {
      this.#random.fill(this.#bytes);
      this.#used = 0;
    }
    let id = "";
    for (const end = this.#used + idBytes; this.#used < end; this.#used += 1) {
      id += hexadecimal[this.#bytes[this.#used] ?? 0];
    }
    return id;
  }
}
