/** The calls of `skerry_cache` that give descriptors, for nobody who waits: to look, to read a part, to bring. */

import { fail } from "@skerry/base";
import { cacheCall, type CacheGuest, readKey } from "./cache_call.ts";
import { FragmentEntry, FragmentInsertion } from "./cache_connections.ts";
import { foundBytes, readLookup, readWrite, writeFound } from "./cache_structures.ts";

/** lookup(key, key_len, options, metadata, metadata_size, found, fd_out) */
export const lookup = cacheCall(
  ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  (guest, key, keyLength, options, metadata, metadataSize, result, fd) => {
    const { memory, state } = guest;
    memory.check(metadata, metadataSize);
    memory.check(result, foundBytes);
    memory.check(fd, 4);
    const { fields } = readLookup(memory, options);
    const name = readKey(guest, key, keyLength);
    state.checkSpace();
    const found = state.find(name, fields) ?? fail("ENOENT");
    writeFound(memory, result, found, false);
    copyMetadata(guest, found.metadata, metadata, metadataSize);
    const entry = new FragmentEntry(name, found.body, undefined, () => state.closed());
    memory.writeU32(fd, state.open(entry));
  },
);

/** range(fd, first, last, fd_out) */
export const range = cacheCall(
  ["i32", "i64", "i64", "i32"],
  ({ memory, state }, descriptor, first, last, fd) => {
    memory.check(fd, 4);
    const entry = state.connectionOf(descriptor);
    if (!(entry instanceof FragmentEntry) || entry.body === undefined) fail("EBADF");
    const [from, to] = [first, last].map((place) => Number(BigInt.asUintN(64, place)));
    if (from === undefined || to === undefined || from > to) fail("EINVAL");
    state.checkSpace();
    const places = { first: from, last: to };
    const { key, body } = entry;
    const part = new FragmentEntry(key, body, undefined, () => state.closed(), places);
    memory.writeU32(fd, state.open(part));
  },
);

/** insert(key, key_len, options, fd_out) */
export const insert = cacheCall(
  ["i32", "i32", "i32", "i32"],
  (guest, key, keyLength, options, fd) => {
    const { memory, state } = guest;
    memory.check(fd, 4);
    const { terms, announcedBytes, fields } = readWrite(memory, options);
    const name = state.nameOf(readKey(guest, key, keyLength), fields);
    state.checkSpace();
    state.countWrite(keyLength + terms.metadata.length);
    const epoch = state.takeBegun(name.key);
    const filling = state.fragments.insert(name, terms, epoch, announcedBytes);
    const insertion = new FragmentInsertion(filling, announcedBytes, {
      count: (bytes) => state.countWrite(bytes),
      ended: () => {},
      closed: () => state.closed(),
    });
    memory.writeU32(fd, state.open(insertion));
  },
);

/** As much of the metadata as there is room for: how much there is was told. */
export function copyMetadata(
  { memory }: CacheGuest,
  bytes: Uint8Array,
  pointer: number,
  size: number,
): void {
  memory.write(pointer, bytes.subarray(0, size >>> 0));
}
