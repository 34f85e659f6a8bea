/**
 * `skerry_cache`: what programs have computed, kept and purged, as functions that a guest imports. docs/hostcalls.md
 * describes them for those who call.
 *
 * What always holds: all memory that a call writes to is checked before it has an effect; the cache is told copies; no
 * guest names what is not its own service's.
 */

import { fragmentLimits } from "@skerry/cache";
import type { HostInterface } from "@skerry/sandbox";
import { fail } from "@skerry/base";
import type { CacheAccess } from "./cache_access.ts";
import { cacheCall, readKey, readMode } from "./cache_call.ts";
import { copyIn, copyOut } from "./cache_copy.ts";
import { insert, lookup, range } from "./cache_core_calls.ts";
import { foundBytes, readSurrogateKeys, readWrite, writeFound } from "./cache_structures.ts";
import {
  transactionInsert,
  transactionLookup,
  transactionUpdate,
} from "./cache_transaction_calls.ts";

/** get(key, key_len, value, value_size, found) */
const get = cacheCall(
  ["i32", "i32", "i32", "i32", "i32"],
  (guest, key, keyLength, value, valueSize, result) => {
    const { memory } = guest;
    memory.check(value, valueSize);
    memory.check(result, foundBytes);
    const found = guest.state.find(readKey(guest, key, keyLength), []) ?? fail("ENOENT");
    writeFound(memory, result, found, false);
    if ((found.body.bytes ?? Infinity) > valueSize >>> 0) fail("ERANGE");
    return copyOut(guest, found.body, value);
  },
);

/** set(key, key_len, value, value_len, options) */
const set = cacheCall(
  ["i32", "i32", "i32", "i32", "i32"],
  (guest, key, keyLength, value, valueLength, options) => {
    const { memory, state } = guest;
    memory.check(value, valueLength);
    const { terms, announcedBytes } = readWrite(memory, options);
    if (announcedBytes !== undefined || terms.vary.length > 0) fail("EINVAL");
    const name = state.nameOf(readKey(guest, key, keyLength), []);
    if (valueLength >>> 0 > fragmentLimits.bodyBytesMax) fail("EFBIG");
    state.countWrite(keyLength + (valueLength >>> 0) + terms.metadata.length);
    const filling = state.fragments.insert(name, terms, state.takeBegun(name.key));
    return copyIn(guest, filling, value, valueLength);
  },
);

/** purge(key, key_len, soft) */
const purge = cacheCall(["i32", "i32", "i32"], (guest, key, keyLength, soft) => {
  const mode = readMode(soft);
  const purged = readKey(guest, key, keyLength);
  guest.state.countPurges(1);
  guest.state.purge(purged, mode);
});

/** purge_keys(keys, keys_len, soft) */
const purgeKeys = cacheCall(["i32", "i32", "i32"], ({ memory, state }, keys, length, soft) => {
  const mode = readMode(soft);
  const purged = readSurrogateKeys(memory, keys, length);
  if (purged.length === 0) return;
  state.countPurges(purged.length);
  state.fragments.purgeSurrogateKeys(state.owner, purged, mode);
});

/** `skerry_cache`, bound to a {@link CacheAccess} for each lease. */
export const cacheInterface: HostInterface<CacheAccess> = {
  module: "skerry_cache",
  functions: {
    get,
    set,
    purge,
    purge_keys: purgeKeys,
    lookup,
    insert,
    range,
    transaction_lookup: transactionLookup,
    transaction_insert: transactionInsert,
    transaction_update: transactionUpdate,
  },
};
