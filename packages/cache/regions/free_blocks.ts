/** The blocks of a region that nobody has: its owner's alone. */

import type { Region } from "./region.ts";

/** Blocks by their numbers; what was given back last is taken next. */
export class FreeBlocks {
  readonly #region: Region;
  readonly #free: Int32Array;
  #count: number;

  constructor(region: Region) {
    this.#region = region;
    this.#free = new Int32Array(region.plan.blocks).map((_, at) => region.plan.blocks - 1 - at);
    this.#count = region.plan.blocks;
  }

  get count(): number {
    return this.#count;
  }

  /** There must be one. */
  take(): number {
    this.#count -= 1;
    return this.#free[this.#count] ?? 0;
  }

  /** No slot may lead there any more. */
  give(block: number): void {
    Atomics.add(this.#region.lives, block, 1);
    this.#free[this.#count] = block;
    this.#count += 1;
  }
}
