/** Chance from a seed: the same seed makes the same choices, on every runtime. */

/** A source of choices. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 bits, by Mulberry32 (Tommy Ettinger's generator: a counter and a mixing function). */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor(this.bits() / 2 ** 32 * below);
  }

  /** An integer from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True this often. */
  chance(share: number): boolean {
    return this.bits() / 2 ** 32 < share;
  }

  /** One of the list, which must not be empty. */
  pick<Item>(list: readonly Item[]): Item {
    return list[this.below(list.length)] as Item;
  }

  /** One of the list, each as often as its weight says. */
  weighted<Item>(list: readonly (readonly [weight: number, item: Item])[]): Item {
    let left = this.below(list.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, item] of list) {
      left -= weight;
      if (left < 0) return item;
    }
    return this.pick(list)[1];
  }

  /** This many bytes. */
  bytes(count: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 1) bytes[at] = this.bits() >>> 24;
    return bytes;
  }
}
