/** One request's way to the fragments of its service: what it may do is counted here. */

import { fail } from "@skerry/base";
import type { FoundFragment, Fragments, Owner, PurgeMode } from "@skerry/cache";
import type { Field } from "@skerry/http";
import type { SocketConnection, WasiContext } from "@skerry/wasi";
import { CacheBegun } from "./cache_begun.ts";
import { cacheRequestLimits as limits } from "./limits.ts";

/** What a request is given. */
export interface CacheAccessOptions {
  readonly fragments: Fragments;
  /** Whose fragments these are. */
  readonly owner: Owner;
  /** Where the guest's descriptors are; they are closed with it, and what they stand for ends. */
  readonly context: WasiContext;
  /** Whether the service was removed: what has its name may be another by now. */
  readonly isGone?: () => boolean;
  /** Told what became of each look for a fragment. */
  readonly onLook?: (result: LookResult) => void;
}

/** It was found, fresh or not; another has brought it, who was waited for; it has to be brought. */
export type LookResult = "hit" | "stale" | "collapsed" | "miss";

/** The state of `skerry_cache` in one lease. */
export class CacheAccess {
  readonly fragments: Fragments;
  readonly owner: Owner;
  readonly context: WasiContext;
  readonly looked: (result: LookResult) => void;
  readonly #isGone: () => boolean;
  readonly #begun = new CacheBegun();
  /** Keys that the request itself is to bring, and would wait for in vain. */
  readonly #owed = new Set<string>();
  #callsLeft: number = limits.callsMax;
  #bytesLeft: number = limits.writtenBytesMax;
  #purgesLeft: number = limits.purgedKeysMax;
  #open = 0;

  constructor(
    { fragments, owner, context, onLook = () => {}, isGone = () => false }: CacheAccessOptions,
  ) {
    this.looked = onLook;
    this.#isGone = isGone;
    this.fragments = fragments;
    this.owner = owner;
    this.context = context;
  }

  /** A call begins (EDQUOT; EIO where its service is gone). */
  countCall(): void {
    if (this.#isGone()) fail("EIO");
    if (this.#callsLeft === 0) fail("EDQUOT");
    this.#callsLeft -= 1;
  }

  /** So many bytes are to be written (EDQUOT). */
  countWrite(bytes: number): void {
    if (bytes > this.#bytesLeft) fail("EDQUOT");
    this.#bytesLeft -= bytes;
  }

  /** So many keys are to be purged (EDQUOT). */
  countPurges(keys: number): void {
    if (keys > this.#purgesLeft) fail("EDQUOT");
    this.#purgesLeft -= keys;
  }

  /** A descriptor is to be opened (EMFILE, or EAGAIN where too many are): asked before anything is done. */
  checkSpace(): void {
    this.context.checkSpace();
    if (this.#open >= limits.openMax) fail("EAGAIN");
  }

  /** Gives a connection a descriptor. It calls {@link closed} once. */
  open(connection: SocketConnection): number {
    this.#open += 1;
    try {
      return this.context.addConnection(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  closed(): void {
    this.#open -= 1;
  }

  /** What stands behind a descriptor (EBADF). */
  connectionOf(fd: number): SocketConnection {
    const descriptor = this.context.descriptors.get(fd);
    return descriptor.kind === "connection" ? descriptor.connection : fail("EBADF");
  }

  nameOf(key: Uint8Array, fields: readonly Field[]) {
    return { owner: this.owner, key, fields };
  }

  /** What there is of use; what there is not may be computed from now on. */
  find(key: Uint8Array, fields: readonly Field[]): FoundFragment | undefined {
    const { epoch } = this.fragments;
    const found = this.fragments.find(this.nameOf(key, fields));
    if (found?.freshness === "fresh") this.#begun.over(key.toHex());
    else this.#begun.missed(key.toHex(), epoch);
    this.looked(found === undefined ? "miss" : found.freshness === "fresh" ? "hit" : "stale");
    return found;
  }

  /** The purge epoch when the computation began of what is written now. */
  takeBegun(key: Uint8Array): number {
    const epoch = this.#begun.epochOf(key.toHex(), this.fragments.epoch);
    this.#begun.over(key.toHex());
    return epoch;
  }

  /** Purges a key. Its own purge takes nothing from what the request computes, unless others have purged it too. */
  purge(key: Uint8Array, mode: PurgeMode): void {
    const name = this.nameOf(key, []);
    const before = this.fragments.epoch;
    const isCurrent = this.fragments.isCurrent(name, this.#begun.epochOf(key.toHex(), before));
    const epoch = this.fragments.purge(name, mode);
    if (isCurrent && epoch === before + 1) this.#begun.purged(key.toHex(), epoch);
  }

  /** The request takes it on to bring a fragment, or has brought it. */
  owe(key: Uint8Array): void {
    this.#owed.add(key.toHex());
  }

  quit(key: Uint8Array): void {
    this.#owed.delete(key.toHex());
  }

  owes(key: Uint8Array): boolean {
    return this.#owed.has(key.toHex());
  }
}
