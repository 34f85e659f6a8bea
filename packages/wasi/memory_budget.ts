/** What a memory file system may still take: bytes and nodes, given back when nodes die. */

import { fail } from "./errno.ts";

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

  /** Takes bytes (ENOSPC). */
  takeBytes(bytes: number): void {
    if (bytes > this.#bytesLeft) fail("ENOSPC");
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

  giveNode(bytes: number): void {
    this.giveBytes(bytes);
    this.#nodesLeft += 1;
  }
}
