/**
 * Bases of values: one for each sum of two values, each shift, each change of width, so that computing it
 * twice is seen.
 */

import { constantBase, firstBase } from "./operand_stack.ts";
import { PairTable } from "./pair_table.ts";

/** What a value of 64 bits was extended from. */
export interface Extended {
  readonly base: number;
  readonly displacement: number;
}

/** The bases of the function at hand. */
export class ValueNumbers {
  #next = firstBase;
  readonly #computed = new PairTable();
  readonly #extensions = new PairTable();
  readonly #extended = new Map<number, Extended>();

  /** Forgets everything. */
  clear(): void {
    this.#next = firstBase;
    this.#computed.clear();
    this.#extensions.clear();
    if (this.#extended.size > 0) this.#extended.clear();
  }

  /** A base that nothing else has. */
  fresh(): number {
    this.#next += 1;
    return this.#next;
  }

  /** The base of the sum of two values, in whichever order. */
  sum(left: number, right: number): number {
    return left < right
      ? this.#computed.find(left, right, this.fresh())
      : this.#computed.find(right, left, this.fresh());
  }

  /** The base of a value shifted left. */
  shifted(base: number, bits: number): number {
    return this.#computed.find(base, -1 - bits, this.fresh());
  }

  /** The base of the low half of a value that was not extended. */
  wrapped(base: number): number {
    return base === constantBase ? base : this.#computed.find(base, wrapping, this.fresh());
  }

  /** The base of a value of 32 bits as one of 64. */
  extension(base: number, displacement: number): number {
    const fresh = this.fresh();
    const found = this.#extensions.find(base, displacement, fresh);
    if (found === fresh) this.#extended.set(fresh, { base, displacement });
    return found;
  }

  /** What a base is the extension of. */
  extended(base: number): Extended | undefined {
    return this.#extended.get(base);
  }
}

/** Beside the shifts, which take -1 to -64. */
const wrapping = -65;
