/** Identifiers. */

import type { RandomSource } from "./ports.ts";

const idBytes = 16;
/** The generator is asked for so many ids at once: asking costs more than what it gives. */
const idsAtOnce = 64;

/** Makes requests' ids: 16 random bytes as 32 hexadecimal digits, the shape of a W3C trace id. */
export class RequestIds {
  readonly #random: RandomSource;
  readonly #bytes = new Uint8Array(idBytes * idsAtOnce);
  /** The digits of all of them. */
  #digits = "";
  #used = 0;

  constructor(random: RandomSource) {
    this.#random = random;
  }

  /** A new id. */
  next(): string {
    if (this.#used === this.#digits.length) {
      this.#random.fill(this.#bytes);
      this.#digits = this.#bytes.toHex();
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += 2 * idBytes;
    return this.#digits.slice(start, this.#used);
  }
}
