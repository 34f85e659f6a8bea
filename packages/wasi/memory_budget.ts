/** What a memory file system may still take: bytes and nodes, given back when nodes die. */

import { type Clock, fail } from "@skerry/base";

/** Bounds of a file system in memory, and the clock that its times are taken from. */
export type MemoryFileSystemOptions =
  & { readonly clock: Clock }
  & (FileBounds | {
    /** Shared with other file systems, which then have their bounds together. */
    readonly budget: MemoryBudget;
  });

interface FileBounds {
  /**
   * What is written, in pages of 4 KiB, and 256 bytes for each name (ENOSPC beyond). Holes are free, and so is what
   * an image holds, until it is changed.
   */
  readonly bytesMax: number;
  /** Files, directories and links (ENOSPC beyond). Those of an image count once they are changed. */
  readonly filesMax: number;
}

/** The budget that a file system is to take from. */
export function budgetOf(options: MemoryFileSystemOptions): MemoryBudget {
  if ("budget" in options) return options.budget;
  return new MemoryBudget(options.bytesMax, options.filesMax);
}

/** A running account; it never goes below zero. */
export class MemoryBudget {
  #bytesLeft: number;
  #nodesLeft: number;

  constructor(bytesMax: number, nodesMax: number) {
    this.#bytesLeft = bytesMax;
    this.#nodesLeft = nodesMax;
  }

  /** Bytes that can still be taken. */
  get bytesLeft(): number {
    return this.#bytesLeft;
  }

  /** Fails where so many bytes cannot be taken (ENOSPC). */
  check(bytes: number): void {
    if (bytes > this.#bytesLeft) fail("ENOSPC");
  }

  /** Takes bytes (ENOSPC). */
  takeBytes(bytes: number): void {
    this.check(bytes);
    this.#bytesLeft -= bytes;
  }

  giveBytes(bytes: number): void {
    this.#bytesLeft += bytes;
  }

  /** Takes one node with so many bytes of its own (ENOSPC). */
  takeNode(bytes: number): void {
    if (this.#nodesLeft < 1) fail("ENOSPC");
    this.takeBytes(bytes);
    this.#nodesLeft -= 1;
  }

  /** Has a node that is taken next not count. */
  exemptNode(): void {
    this.#nodesLeft += 1;
  }

  giveNode(bytes: number): void {
    this.giveBytes(bytes);
    this.#nodesLeft += 1;
  }
}
