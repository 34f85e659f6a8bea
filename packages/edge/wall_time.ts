/** The time of day as log events tell it: many of them share a millisecond, and its text. */

import type { Clock } from "@skerry/base";

/** A clock's time as text. */
export class WallTime {
  readonly #clock: Clock;
  #ms = Number.NaN;
  #text = "";

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Now, by ISO 8601 in UTC, to the millisecond. */
  text(): string {
    const ms = this.#clock.wallMs?.() ?? Math.round(Number(this.#clock.wallNs()) / 1e6);
    if (ms !== this.#ms) {
      this.#ms = ms;
      this.#text = new Date(ms).toISOString();
    }
    return this.#text;
  }
}
