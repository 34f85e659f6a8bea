/** Bytes that never change: views of what somebody holds, and what a file in memory held when it was frozen. */

import type { FrozenBytes } from "./file_system.ts";
import { blockBytes } from "./memory_front.ts";
import { forEachPage } from "./memory_page.ts";

/** Bytes that lie in a row. Whoever made them must not write to them any more. */
export class FrozenSlice implements FrozenBytes {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes.length;
  }

  read(target: Uint8Array, offset: number): number {
    const count = Math.max(0, Math.min(target.length, this.bytes - offset));
    if (count > 0) target.set(this.#bytes.subarray(offset, offset + count));
    return count;
  }
}

interface Parts {
  /** All but the last of one size; the first `blocksBytes` bytes of them count. */
  readonly blocks: readonly Uint8Array[];
  readonly blocksBytes: number;
  readonly pages: ReadonlyMap<number, Uint8Array>;
}

/** How many layers are read through before they are made one. */
const depthMax = 8;

/** What a file in memory held, above what lay below it. */
export class FrozenPages implements FrozenBytes {
  readonly bytes: number;
  readonly #parts: Parts;
  readonly #below: FrozenBytes | undefined;
  readonly #belowBytes: number;
  readonly #depth: number;

  constructor(bytes: number, parts: Parts, below: FrozenBytes | undefined, belowBytes: number) {
    this.bytes = bytes;
    const depth = below instanceof FrozenPages ? below.#depth + 1 : 1;
    const deep = below !== undefined && depth > depthMax;
    this.#below = deep ? copyOf(below, belowBytes) : below;
    this.#depth = deep ? 1 : depth;
    this.#belowBytes = belowBytes;
    this.#parts = parts;
  }

  read(target: Uint8Array, offset: number): number {
    const count = Math.max(0, Math.min(target.length, this.bytes - offset));
    forEachPage(offset, count, (page, within, from, length) => {
      const piece = target.subarray(from, from + length);
      const { blocks, blocksBytes, pages } = this.#parts;
      const at = offset + from;
      if (at < blocksBytes) {
        const start = at % blockBytes;
        const block = blocks[Math.floor(at / blockBytes)];
        if (block !== undefined) piece.set(block.subarray(start, start + length));
        return true;
      }
      const own = pages.get(page);
      if (own === undefined) this.#readBelow(piece, at);
      else piece.set(own.subarray(within, within + length));
      return true;
    });
    return count;
  }

  #readBelow(target: Uint8Array, offset: number): void {
    const count = Math.max(0, Math.min(target.length, this.#belowBytes - offset));
    const read = count === 0 ? 0 : this.#below?.read(target.subarray(0, count), offset) ?? 0;
    if (read < target.length) target.fill(0, read);
  }
}

function copyOf(frozen: FrozenBytes, bytes: number): FrozenBytes {
  const copy = new Uint8Array(Math.min(bytes, frozen.bytes));
  frozen.read(copy, 0);
  return new FrozenSlice(copy);
}
