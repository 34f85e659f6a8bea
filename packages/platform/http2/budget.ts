/** A number of things that may be done at once, which comes back with time and with what is useful. */
export class Budget {
  readonly #max: number;
  readonly #perSecond: number;
  #left: number;

  constructor(max: number, perSecond: number) {
    this.#max = max;
    this.#perSecond = perSecond;
    this.#left = max;
  }

  /** Takes one; false where none is left. */
  spend(): boolean {
    this.#left -= 1;
    return this.#left >= 0;
  }

  earn(count: number): void {
    this.#left = Math.min(this.#max, this.#left + count);
  }

  /** Time has passed. */
  pass(ms: number): void {
    this.earn(ms * this.#perSecond / 1_000);
  }
}
