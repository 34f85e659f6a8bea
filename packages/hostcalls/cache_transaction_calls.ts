/** The calls of `skerry_cache` by which one program brings what many wait for. */

import type { Transaction } from "@skerry/cache";
import { fail } from "@skerry/base";
import type { LookResult } from "./cache_access.ts";
import { cacheCall, type CacheGuest, readKey } from "./cache_call.ts";
import { FragmentEntry, FragmentInsertion } from "./cache_connections.ts";
import { copyMetadata } from "./cache_core_calls.ts";
import { foundBytes, readLookup, readWrite, writeFound } from "./cache_structures.ts";

/** transaction_lookup(key, key_len, options, metadata, metadata_size, found, fd_out) */
export const transactionLookup = cacheCall(
  ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  (guest, key, keyLength, options, metadata, metadataSize, result, fd) => {
    const { memory, state, signal } = guest;
    memory.check(metadata, metadataSize);
    memory.check(result, foundBytes);
    memory.check(fd, 4);
    const { fields, waitMsMax } = readLookup(memory, options);
    const name = state.nameOf(readKey(guest, key, keyLength), fields);
    // It would wait for itself.
    if (state.owes(name.key)) fail("EDEADLK");
    state.checkSpace();
    const outcome = state.fragments.transact(name, { waitMsMax, signal });
    const tell = (transaction: Transaction) => {
      const { found, obligation } = transaction;
      // From here on it ends with its descriptor.
      memory.writeU32(fd, openEntry(guest, name.key, transaction));
      writeFound(memory, result, found, obligation !== undefined);
      copyMetadata(guest, found?.metadata ?? nothing, metadata, metadataSize);
    };
    if (!(outcome instanceof Promise)) {
      state.looked(resultOf(outcome, "hit"));
      return tell(outcome);
    }
    return outcome.then((transaction) => {
      state.looked(resultOf(transaction, "collapsed"));
      // A guest that was ended while it waited is not touched again, and brings nothing.
      if (!signal.aborted) return tell(transaction);
      transaction.obligation?.cancel();
      return fail("ECANCELED");
    });
  },
);

/** transaction_insert(fd, options, fd_out) */
export const transactionInsert = cacheCall(
  ["i32", "i32", "i32"],
  (guest, descriptor, options, fd) => {
    const { memory, state } = guest;
    memory.check(fd, 4);
    const { terms, announcedBytes } = readWrite(memory, options);
    const entry = openObligation(guest, descriptor);
    state.checkSpace();
    state.countWrite(entry.key.length + terms.metadata.length);
    const filling = entry.obligation?.insert(terms, announcedBytes) ?? fail("ECANCELED");
    const insertion = new FragmentInsertion(filling, announcedBytes, {
      count: (bytes) => state.countWrite(bytes),
      ended: () => state.quit(entry.key),
      closed: () => state.closed(),
    });
    memory.writeU32(fd, state.open(insertion));
  },
);

/** transaction_update(fd, options) */
export const transactionUpdate = cacheCall(["i32", "i32"], (guest, descriptor, options) => {
  const { memory, state } = guest;
  const { terms } = readWrite(memory, options);
  const entry = openObligation(guest, descriptor);
  if (entry.body === undefined) fail("ENOENT");
  state.countWrite(entry.key.length + terms.metadata.length);
  // A cache may forget at any moment: that something was dropped is no failure of the guest's.
  entry.obligation?.update(terms);
  state.quit(entry.key);
});

/** @param whole what it is where it is there, and nobody has to do anything */
function resultOf({ found, obligation }: Transaction, whole: "hit" | "collapsed"): LookResult {
  if (found?.freshness === "stale") return "stale";
  return obligation === undefined ? whole : "miss";
}

function openEntry(
  { state }: CacheGuest,
  key: Uint8Array,
  { found, obligation }: Transaction,
): number {
  if (obligation !== undefined) state.owe(key);
  const entry = new FragmentEntry(key, found?.body, obligation, () => {
    state.closed();
    // An insertion that has begun goes on without it.
    if (obligation?.isOpen === true) state.quit(key);
  });
  return state.open(entry);
}

/** The entry of a transaction that is still to be met (EBADF where it is none, EALREADY where that is over). */
function openObligation({ state }: CacheGuest, descriptor: number): FragmentEntry {
  const entry = state.connectionOf(descriptor);
  if (!(entry instanceof FragmentEntry) || entry.obligation === undefined) return fail("EBADF");
  return entry.obligation.isOpen ? entry : fail("EALREADY");
}

const nothing = new Uint8Array(0);
