/**
 * First in, first out. A Map or Set gives its oldest too, but looks for it among all that were deleted before it, which
 * takes as long as there are many.
 */
export class Fifo<Value> {
  #values: Value[] = [];
  #head = 0;

  get length(): number {
    return this.#values.length - this.#head;
  }

  push(value: Value): void {
    this.#values.push(value);
  }

  /** The oldest, which stays. */
  peek(): Value | undefined {
    return this.#values[this.#head];
  }

  /** The oldest, which goes. */
  shift(): Value | undefined {
    const value = this.#values[this.#head];
    if (this.length === 0) return undefined;
    this.#head += 1;
    // Half of it is gone: what is left moves once for as many as went.
    if (this.#head * 2 > this.#values.length) {
      this.#values = this.#values.slice(this.#head);
      this.#head = 0;
    }
    return value;
  }
}
