/**
 * How long whoever is listened to has been silent, by a listener who looks every now and then. What it was too busy to
 * hear is no silence: while this process stands still, nobody's words arrive.
 */

/** A listener that has looked so much later than it meant to, in milliseconds, did not listen meanwhile. */
const lateMsMax = 1_000;

/** Counts how long a listener was deaf. */
export class Attention {
  readonly #everyMs: number;
  #lookedMs: number;

  /** @param everyMs how often it means to look */
  constructor(everyMs: number, nowMs: number) {
    this.#everyMs = everyMs;
    this.#lookedMs = nowMs;
  }

  /** Looks. Gives for how long it was deaf since it looked before, in milliseconds. */
  look(nowMs: number): number {
    const passedMs = nowMs - this.#lookedMs;
    this.#lookedMs = nowMs;
    return passedMs > this.#everyMs + lateMsMax ? passedMs : 0;
  }
}
