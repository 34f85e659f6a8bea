/**
 * What one lease may still write to files, and how many names it may still make, wherever that goes.
 *
 * A bound of its own beside those of file systems: a directory of the host has no other, and to write one page again
 * and again takes no space and wears out a disk all the same. The error is EDQUOT and not ENOSPC, because nothing
 * is full: who removes files to make room, as some programs do after ENOSPC, gets none.
 */
import { fail } from "@skerry/base";

/** A running account; nothing is given back. */
export class WriteBudget {
  #bytesLeft: number;
  #namesLeft: number;

  constructor(bytesMax: number, namesMax: number) {
    this.#bytesLeft = bytesMax;
    this.#namesLeft = namesMax;
  }

  /** Writes up to so many bytes, fewer where fewer are left; EDQUOT where none are. */
  write(bytes: number, write: (bytes: number) => number): number {
    const allowed = Math.min(bytes, this.#bytesLeft);
    if (allowed === 0 && bytes > 0) fail("EDQUOT");
    const written = write(allowed);
    this.#bytesLeft -= written;
    return written;
  }

  /** Does what takes so many bytes, or nothing. */
  reserve(bytes: number, act: () => void): void {
    if (bytes > this.#bytesLeft) fail("EDQUOT");
    act();
    this.#bytesLeft -= bytes;
  }

  /** Does what makes a name. */
  name<T>(make: () => T): T {
    if (this.#namesLeft < 1) fail("EDQUOT");
    const made = make();
    this.#namesLeft -= 1;
    return made;
  }
}
