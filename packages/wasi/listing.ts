/**
 * A directory's entries, frozen when reading starts, so that cookies stay good while entries come and go.
 */

import { encodeUtf8 } from "@skerry/base";
import { fail } from "./errno.ts";
import type { DirectoryNode } from "./file_system.ts";
import { direntRecord } from "./layout.ts";

/** Entries that all listings of one guest may hold together. */
export class ListingBudget {
  #left: number;

  constructor(entriesMax: number) {
    this.#left = entriesMax;
  }

  take(entries: number): void {
    if (entries > this.#left) fail("ENOMEM");
    this.#left -= entries;
  }

  give(entries: number): void {
    this.#left += entries;
  }
}

/** The entries of one directory, `.` and `..` first. A cookie is an index. */
export class Listing {
  readonly #entries;
  readonly #inode: bigint;
  readonly #budget: ListingBudget;

  constructor(directory: DirectoryNode, budget: ListingBudget) {
    this.#entries = directory.entries();
    this.#inode = directory.stat().inode;
    budget.take(this.#entries.length);
    this.#budget = budget;
  }

  /** The `$dirent` and name at a cookie; undefined at the end. `..` goes by this directory's own inode. */
  record(cookie: number): Uint8Array | undefined {
    if (cookie < 2) {
      const dots = encodeUtf8(cookie === 0 ? "." : "..");
      return direntRecord(cookie + 1, this.#inode, "directory", dots);
    }
    const entry = this.#entries[cookie - 2];
    if (entry === undefined) return undefined;
    return direntRecord(cookie + 1, entry.inode(), entry.type, encodeUtf8(entry.name));
  }

  release(): void {
    this.#budget.give(this.#entries.length);
  }
}
