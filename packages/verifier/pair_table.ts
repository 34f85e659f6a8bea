/** A table from pairs of numbers to bases, used again for each function. */

/** An open table: at most half of its places are taken. */
export class PairTable {
  #first = new Int32Array(1024);
  #second = new Int32Array(1024);
  #value = new Int32Array(1024);
  /** The generation that an entry belongs to: older ones are free. */
  #stamp = new Int32Array(1024);
  #generation = 1;
  #count = 0;

  /** Forgets everything. */
  clear(): void {
    this.#generation += 1;
    this.#count = 0;
  }

  /** What a pair has; `missing`, from now on, where it has nothing yet. */
  find(first: number, second: number, missing: number): number {
    if (this.#count * 2 >= this.#first.length) this.#grow();
    const at = this.#place(first, second);
    if (at < 0) return missing;
    if (this.#stamp[at] !== this.#generation) {
      this.#put(at, first, second, missing);
      this.#count += 1;
    }
    return this.#value[at] ?? 0;
  }

  /** Where a pair is, or where it would be; below 0 where it is not among the first places to look. */
  #place(first: number, second: number): number {
    const mask = this.#first.length - 1;
    const start = mixed(first, second);
    for (let step = 0; step < stepsMax; step += 1) {
      const at = (start + step) & mask;
      if (this.#stamp[at] !== this.#generation) return at;
      if (this.#first[at] === first && this.#second[at] === second) return at;
    }
    return -1;
  }

  #put(at: number, first: number, second: number, value: number): void {
    this.#stamp[at] = this.#generation;
    this.#first[at] = first;
    this.#second[at] = second;
    this.#value[at] = value;
  }

  #grow(): void {
    const old = { first: this.#first, second: this.#second, value: this.#value };
    const stamp = this.#stamp;
    const length = stamp.length * 2;
    this.#first = new Int32Array(length);
    this.#second = new Int32Array(length);
    this.#value = new Int32Array(length);
    this.#stamp = new Int32Array(length);
    stamp.forEach((generation, index) => {
      if (generation !== this.#generation) return;
      const first = old.first[index] ?? 0;
      const second = old.second[index] ?? 0;
      const at = this.#place(first, second);
      if (at >= 0) this.#put(at, first, second, old.value[index] ?? 0);
    });
  }
}

/**
 * How far a pair is looked for. At most half of the places are taken, so only code that was written to
 * collide gets so far, and then
 * a value is just another new one.
 */
const stepsMax = 256;

/** Spreads pairs over all places. */
function mixed(first: number, second: number): number {
  let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}
