/**
 * A bounded amount of something that is taken and given back, by any number of threads: memory, mappings of
 * the process. Nothing is ever taken beyond the bound.
 */

/** What memory is counted in: a page of WebAssembly's, 64 KiB. */
export const memoryPageBytes = 65_536;

/** An account as another thread is given it: plain data. */
export interface SharedAccount {
  readonly max: number;
  readonly cells: SharedArrayBuffer;
}

/** An account. */
export class Account {
  /** What there is of it in all. */
  readonly max: number;
  readonly #cells: Int32Array;

  /**
   * @param max at most 2^30; {@link Account.shared} gives one that threads can share
   * @param cells where the amount is kept that is out
   */
  constructor(max: number, cells: ArrayBufferLike = new ArrayBuffer(4)) {
    this.max = Math.min(Math.floor(max), 2 ** 30);
    this.#cells = new Int32Array(cells);
  }

  /** An account for memory, in pages of 64 KiB. */
  static ofMemory(bytesMax: number): Account {
    return new Account(bytesMax / memoryPageBytes);
  }

  /** Plain data from which {@link Account.open} makes the same account on another thread. */
  static share(max: number): SharedAccount {
    return { max, cells: new SharedArrayBuffer(4) };
  }

  /** The account that was shared. */
  static open({ max, cells }: SharedAccount): Account {
    return new Account(max, cells);
  }

  /** What is out now. */
  get used(): number {
    return Atomics.load(this.#cells, 0);
  }

  /** Takes an amount, at least 0; false, and nothing is taken, where it is not there. */
  take(amount: number): boolean {
    for (;;) {
      const before = Atomics.load(this.#cells, 0);
      if (before + amount > this.max) return false;
      const found = Atomics.compareExchange(this.#cells, 0, before, before + amount);
      if (found === before) return true;
    }
  }

  /** Gives back what was taken. */
  give(amount: number): void {
    Atomics.sub(this.#cells, 0, amount);
  }
}
