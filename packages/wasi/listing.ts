/**
 * A directory's entries, frozen when reading starts, so that cookies stay good while entries come and go.
 */

import { encodeUtf8, fail } from "@skerry/base";
import type { DirectoryEntry, DirectoryNode } from "./file_system.ts";
import { direntRecord } from "./layout.ts";
import { entriesPerTurn } from "./limits.ts";

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
  readonly #entries: readonly DirectoryEntry[];
  readonly #inode: bigint;
  readonly #budget: ListingBudget;

  /** @param entries paid for out of the budget */
  constructor(entries: readonly DirectoryEntry[], inode: bigint, budget: ListingBudget) {
    this.#entries = entries;
    this.#inode = inode;
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

/** The guest that lists, as far as that matters here. */
interface ListingGuest {
  readonly state: { readonly listings: ListingBudget };
  readonly signal: AbortSignal;
  turn(): Promise<void> | undefined;
}

/** Lists a directory, and no more of it than the guest may hold (ENOMEM). Others have their turn meanwhile. */
export function list(guest: ListingGuest, directory: DirectoryNode): Listing | Promise<Listing> {
  const { listings } = guest.state;
  const { inode } = directory.stat();
  const entries: DirectoryEntry[] = [];
  const add = (entry: DirectoryEntry) => {
    listings.take(1);
    entries.push(entry);
  };
  const giveUp = (error: unknown): never => {
    listings.give(entries.length);
    throw error;
  };
  try {
    const source = directory.entries();
    const added = Symbol.asyncIterator in source
      ? addLater(guest, source, add)
      : addNow(guest, source[Symbol.iterator](), add);
    if (added === undefined) return new Listing(entries, inode, listings);
    return added.then(() => new Listing(entries, inode, listings), giveUp);
  } catch (error) {
    return giveUp(error);
  }
}

function addNow(
  guest: ListingGuest,
  source: Iterator<DirectoryEntry>,
  add: (entry: DirectoryEntry) => void,
): void | Promise<void> {
  for (let count = 1;; count += 1) {
    const next = source.next();
    if (next.done === true) return;
    add(next.value);
    const turn = count % entriesPerTurn === 0 ? guest.turn() : undefined;
    if (turn !== undefined) return turn.then(() => addNow(guest, source, add));
  }
}

async function addLater(
  { signal }: ListingGuest,
  source: AsyncIterable<DirectoryEntry>,
  add: (entry: DirectoryEntry) => void,
): Promise<void> {
  for await (const entry of source) {
    // The directory is not held any more, and nobody hears this.
    if (signal.aborted) fail("EINTR");
    add(entry);
  }
  if (signal.aborted) fail("EINTR");
}
