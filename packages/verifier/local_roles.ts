/**
 * The one role that each local of a function has: the guest's, or a part in snippets. A local that snippets
 * use is none of the guest's, is no parameter, and has one role throughout.
 */

import { grownInt32 } from "./typed_lists.ts";

/** Roles by number. */
export const role = { guest: 1, scratch: 2 } as const;

/** Roles of the locals of the function at hand. */
export class LocalRoles {
  #roles = new Int32Array(256);
  #function = new Float64Array(256);
  #currentFunction = 0;
  #params = 0;

  /** Begins another function. */
  enterFunction(params: number): void {
    this.#currentFunction += 1;
    this.#params = params;
  }

  /** Whether a local may be used like this, which then is its role. */
  claim(local: number, as: number): boolean {
    if (this.#function[local] === this.#currentFunction) return this.#roles[local] === as;
    if (as !== role.guest && local < this.#params) return false;
    if (local >= this.#roles.length) this.#grow(local);
    this.#function[local] = this.#currentFunction;
    this.#roles[local] = as;
    return true;
  }

  /** Whether a mark may read the address in this local. */
  claimAddress(local: number): boolean {
    const scratch = this.#function[local] === this.#currentFunction &&
      this.#roles[local] === role.scratch;
    return scratch || this.claim(local, role.guest);
  }

  #grow(local: number): void {
    this.#roles = grownInt32(this.#roles, local + 1);
    const grown = new Float64Array(this.#roles.length);
    grown.set(this.#function);
    this.#function = grown;
  }
}
