/**
 * `skerry_kv`: keys and values as functions that a guest imports. docs/hostcalls.md describes them for those who call.
 *
 * What always holds: all memory that a call writes to is checked before it has an effect; the store is told copies.
 */

import { andThen } from "@skerry/base";
import { type HostInterface } from "@skerry/sandbox";
import type { KeyValueAccess } from "./key_value_access.ts";
import {
  attemptCall,
  keyValueCall,
  type KeyValueGuest,
  readKey,
  readStore,
} from "./key_value_call.ts";
import { listKeys } from "./key_value_list_call.ts";
import { refuse } from "./key_value_status.ts";
import type { Condition, Write } from "./key_values_port.ts";
import { keyValueLimits as limits } from "./limits.ts";

/** The structures that calls read and write, in bytes; numbers are little-endian. */
const infoBytes = 24;
const putBytes = 24;

/** get(store, store_len, key, key_len, value, value_size, metadata, metadata_size, info) */
const get = keyValueCall(
  ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  (guest, store, storeLength, key, keyLength, value, valueSize, metadata, metadataSize, info) => {
    const { memory, state } = guest;
    memory.check(value, valueSize);
    memory.check(metadata, metadataSize);
    memory.check(info, infoBytes);
    const name = readStore(guest, store, storeLength);
    const found = readKey(guest, key, keyLength);
    const outcome = attemptCall(guest, () => state.keyValues.get(name, found));
    return andThen(outcome, (told) => {
      if (told.kind !== "ok") return told.kind === "not found" ? "NOT_FOUND" : "TOO_LARGE";
      const { entry } = told;
      memory.writeU64(info, BigInt(entry.generation));
      memory.writeU64((info >>> 0) + 8, BigInt(entry.expiresMs ?? 0));
      memory.writeU32((info >>> 0) + 16, entry.value.length);
      memory.writeU32((info >>> 0) + 20, entry.metadata.length);
      if (entry.value.length > valueSize >>> 0) return "TOO_SMALL";
      if (entry.metadata.length > metadataSize >>> 0) return "TOO_SMALL";
      memory.write(value, entry.value);
      memory.write(metadata, entry.metadata);
      return "OK";
    });
  },
);

/** put(store, store_len, key, key_len, value, value_len, metadata, metadata_len, options) */
const put = keyValueCall(
  ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  (
    guest,
    store,
    storeLength,
    key,
    keyLength,
    value,
    valueLength,
    metadata,
    metadataLength,
    options,
  ) => {
    const { memory, state } = guest;
    memory.check(value, valueLength);
    memory.check(metadata, metadataLength);
    const asked = readOptions(guest, options);
    const name = readStore(guest, store, storeLength);
    const written = readKey(guest, key, keyLength);
    if (valueLength >>> 0 > limits.valueBytesMax) refuse("TOO_LARGE");
    if (metadataLength >>> 0 > limits.metadataBytesMax) refuse("TOO_LARGE");
    state.countWrite(keyLength + valueLength + metadataLength);
    const write: Write = {
      ...asked,
      value: memory.copy(value, valueLength),
      metadata: memory.copy(metadata, metadataLength),
    };
    const outcome = attemptCall(
      guest,
      () => state.keyValues.put(name, written, write, state.budget),
    );
    return andThen(outcome, (told) => {
      if (told.kind === "over budget") return "OVER_BUDGET";
      if (told.kind === "too large") return "TOO_LARGE";
      if (options !== 0) memory.writeU64((options >>> 0) + 8, BigInt(told.generation));
      return told.kind === "ok" ? "OK" : "CONFLICT";
    });
  },
);

/** delete(store, store_len, key, key_len, generation) */
const remove = keyValueCall(
  ["i32", "i32", "i32", "i32", "i64"],
  (guest, store, storeLength, key, keyLength, generation) => {
    const { state } = guest;
    const name = readStore(guest, store, storeLength);
    const removed = readKey(guest, key, keyLength);
    const condition = generation === 0n ? "always" : { generation: readGeneration(generation) };
    const outcome = attemptCall(guest, () => state.keyValues.delete(name, removed, condition));
    return andThen(outcome, ({ kind }) => {
      switch (kind) {
        case "ok":
          return "OK";
        case "not found":
          return "NOT_FOUND";
        case "conflict":
          return "CONFLICT";
        case "too large":
          return "TOO_LARGE";
      }
    });
  },
);

/** `skerry_kv`, bound to a {@link KeyValueAccess} for each lease. */
export const keyValueInterface: HostInterface<KeyValueAccess> = {
  module: "skerry_kv",
  functions: { get, put, delete: remove, list: listKeys },
};

/** `struct skerry_kv_put`; a null pointer stands for no condition, and for good. */
function readOptions({ memory }: KeyValueGuest, pointer: number): Omit<Write, "value"> {
  if (pointer === 0) return {};
  memory.check(pointer, putBytes);
  const start = pointer >>> 0;
  if (memory.readU32(start + 4) !== 0) refuse("INVALID");
  const ttl = memory.readU64(start + 16);
  if (ttl > BigInt(limits.ttlMsMax)) refuse("INVALID");
  const condition = readCondition(memory.readU32(start), memory.readU64(start + 8));
  return ttl === 0n ? { condition } : { condition, ttlMs: Number(ttl) };
}

function readCondition(kind: number, generation: bigint): Condition {
  switch (kind) {
    case 0:
      return "always";
    case 1:
      return "absent";
    case 2:
      return { generation: readGeneration(generation) };
    default:
      return refuse("INVALID");
  }
}

/** What is no generation that ever was is one that no key has. */
function readGeneration(generation: bigint): number {
  const number = Number(BigInt.asUintN(64, generation));
  return Number.isSafeInteger(number) ? number : Number.MAX_SAFE_INTEGER;
}
