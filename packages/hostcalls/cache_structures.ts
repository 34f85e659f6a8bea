/** The structures that calls of `skerry_cache` read and write; numbers are little-endian. docs/hostcalls.md tells them. */

import { decodeUtf8, fail } from "@skerry/base";
import { type FoundFragment, fragmentLimits, type FragmentTerms } from "@skerry/cache";
import { type Field, surrogateKeys, varyNames } from "@skerry/http";
import type { GuestMemory } from "@skerry/sandbox";
import { cacheRequestLimits as limits } from "./limits.ts";
import { parseField } from "./subrequest_head.ts";

export const foundBytes = 40;
const writeBytes = 64;
const lookupBytes = 16;

/** What stands at 32 of `struct skerry_cache_found`. */
export const cacheStates = { found: 1, usable: 2, stale: 4, mustInsert: 8 } as const;

/** A length that is not known yet. */
const unknownLength = 0xffff_ffff_ffff_ffffn;

/** `struct skerry_cache_write`. */
export interface WriteOptions {
  readonly terms: FragmentTerms;
  /** Undefined where the guest says when it is over. */
  readonly announcedBytes: number | undefined;
  readonly fields: readonly Field[];
}

/** Reads how a fragment is to be kept. */
export function readWrite(memory: GuestMemory, pointer: number): WriteOptions {
  if (pointer === 0) fail("EINVAL");
  memory.check(pointer, writeBytes);
  const start = pointer >>> 0;
  const length = memory.readU64(start + 24);
  if (length > BigInt(fragmentLimits.bodyBytesMax)) fail("EFBIG");
  const terms: FragmentTerms = {
    lifetimeMs: readTime(memory, start),
    staleWhileRevalidateMs: readTime(memory, start + 8),
    initialAgeMs: readTime(memory, start + 16),
    surrogateKeys: readSurrogateKeys(memory, ...readSlice(memory, start + 32)),
    metadata: readBytes(memory, start + 40, fragmentLimits.metadataBytesMax),
    vary: readVary(memory, start + 48),
  };
  return {
    terms,
    announcedBytes: length === 0n ? undefined : Number(length),
    fields: readFields(memory, start + 56),
  };
}

/** `struct skerry_cache_lookup`; a null pointer stands for no fields, and the usual time. */
export function readLookup(
  memory: GuestMemory,
  pointer: number,
): { readonly fields: readonly Field[]; readonly waitMsMax: number } {
  if (pointer === 0) return { fields: [], waitMsMax: limits.waitMs };
  memory.check(pointer, lookupBytes);
  const start = pointer >>> 0;
  if (memory.readU32(start + 12) !== 0) fail("EINVAL");
  const waitMs = memory.readU32(start + 8);
  return {
    fields: readFields(memory, start),
    waitMsMax: waitMs === 0 ? limits.waitMs : Math.min(waitMs, limits.waitMsMax),
  };
}

/** Surrogate keys, parted by spaces (EINVAL where one is not visible ASCII, E2BIG where they are too many or too long). */
export function readSurrogateKeys(
  memory: GuestMemory,
  pointer: number,
  length: number,
): readonly string[] {
  const bytes = memory.view(pointer, length);
  if (bytes.length > limits.surrogateKeysBytesMax) fail("E2BIG");
  const text = decodeUtf8(bytes);
  // What comes in header fields has one form: so these can be purged by either.
  if (!/^[ -~]*$/.test(text)) fail("EINVAL");
  return surrogateKeys([["surrogate-key", text]]) ?? fail("E2BIG");
}

/** Tells what was found, which the guest's memory has room for. */
export function writeFound(
  memory: GuestMemory,
  pointer: number,
  found: FoundFragment | undefined,
  mustInsert: boolean,
): void {
  const start = pointer >>> 0;
  const bytes = found?.body.bytes;
  const length = found === undefined ? 0n : bytes === undefined ? unknownLength : BigInt(bytes);
  memory.writeU64(start, length);
  memory.writeU64(start + 8, wholeMs(found?.ageMs ?? 0));
  memory.writeU64(start + 16, BigInt.asUintN(64, wholeMs(found?.ttlMs ?? 0)));
  memory.writeU64(start + 24, BigInt(found?.hits ?? 0));
  memory.writeU32(start + 32, stateOf(found) | (mustInsert ? cacheStates.mustInsert : 0));
  memory.writeU32(start + 36, found?.metadata.length ?? 0);
}

function stateOf(found: FoundFragment | undefined): number {
  switch (found?.freshness) {
    case undefined:
      return 0;
    case "fresh":
      return cacheStates.found | cacheStates.usable;
    case "stale":
      return cacheStates.found | cacheStates.usable | cacheStates.stale;
    case "expired":
      return cacheStates.found | cacheStates.stale;
  }
}

function wholeMs(ms: number): bigint {
  return BigInt(Math.floor(ms));
}

/** Milliseconds in 64 bits (EINVAL where they are more than may be). */
export function readTime(memory: GuestMemory, at: number): number {
  const ms = memory.readU64(at);
  return ms > BigInt(fragmentLimits.timeMsMax) ? fail("EINVAL") : Number(ms);
}

/** A pointer and a length. */
function readSlice(memory: GuestMemory, at: number): [pointer: number, length: number] {
  return [memory.readU32(at), memory.readU32(at + 4)];
}

function readBytes(memory: GuestMemory, at: number, bytesMax: number): Uint8Array {
  const [pointer, length] = readSlice(memory, at);
  memory.check(pointer, length);
  return length > bytesMax ? fail("E2BIG") : memory.copy(pointer, length);
}

function readVary(memory: GuestMemory, at: number): readonly string[] {
  const text = decodeUtf8(readBytes(memory, at, limits.fieldsBytesMax));
  const names = varyNames([text]);
  if (names === "*") fail("EINVAL");
  return names.length > fragmentLimits.varyMax ? fail("E2BIG") : names;
}

/** Lines as a request's head has them, each with its CRLF. */
function readFields(memory: GuestMemory, at: number): readonly Field[] {
  const bytes = readBytes(memory, at, limits.fieldsBytesMax);
  if (bytes.length === 0) return [];
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  if (!text.endsWith("\r\n")) fail("EINVAL");
  const lines = text.slice(0, -2).split("\r\n");
  if (lines.length > limits.fieldsMax) fail("E2BIG");
  return lines.map((line) => parseField(line) ?? fail("EINVAL"));
}
