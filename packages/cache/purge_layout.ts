/**
 * Where what is in the memory of a purge table: words of 64 bits.
 *
 * - a header: a magic number, the number of buckets, the epoch, how many records were displaced, the key of the hash, how many
 *   purges have returned
 * - for each of 16,384 groups of tenants two words: the epoch of their last purge, and their floor
 * - the filter: the epoch of the last purge of any scope that falls on this word
 * - buckets: 16 tags, then 16 epochs, then 16 times in milliseconds since 1970
 *
 * A tag has in its upper half who it is: 31 bits of the scope's hash, and the mode. In its lower half, from above: the group of
 * tenants (14 bits), how often the slot was given away (17 bits), and whether it is being given away now.
 */

import { bug } from "@skerry/base";
import type { Hash } from "./keyed_hash.ts";
import type { SharedWords } from "./shared_words.ts";

/** Words of the header. */
export const place = { magic: 0, buckets: 1, epoch: 2, displaced: 3, key: 4, settled: 5 } as const;

/** Records of a bucket. */
export const slots = 16;

const headerWords = 16;
const groups = 1 << 14;
const filterWords = 1 << 16;
const bucketWords = 3 * slots;
const tenantsAt = headerWords;
const filterAt = tenantsAt + 2 * groups;
const bucketsAt = filterAt + filterWords;
const turns = 1 << 17;
/** "skerry" and the number of this layout. */
const magic = 0x736b65727279n << 8n | 2n;

/** How many bytes a table needs. @param buckets a power of two */
export function purgeTableBytes(buckets: number): number {
  return 8 * (bucketsAt + buckets * bucketWords);
}

/** Makes a table of memory that is all zeros. Nobody else may have it yet. */
export function formatPurges(words: SharedWords, buckets: number, key: Hash): void {
  if (8 * words.length < purgeTableBytes(buckets)) bug("the memory is too small for its buckets");
  words.swap(place.buckets, 0n, BigInt(buckets));
  words.swap(place.key, 0n, BigInt.asIntN(64, BigInt(key.high) << 32n | BigInt(key.low)));
  words.swap(place.magic, 0n, magic);
}

/** Whether this is a table of this layout, as far as its first words tell. */
export function isPurgeTable(words: SharedWords): boolean {
  if (words.length < bucketsAt || words.load(place.magic) !== magic) return false;
  const buckets = words.get(place.buckets);
  const isPower = buckets > 0 && Number.isInteger(Math.log2(buckets));
  return isPower && 8 * words.length >= purgeTableBytes(buckets);
}

/** The key of its hash. */
export function keyOf(words: SharedWords): Hash {
  const key = BigInt.asUintN(64, words.load(place.key));
  return { low: Number(key & 0xffff_ffffn), high: Number(key >> 32n) };
}

/** Where the first tag is of the bucket that a hash falls into; epochs and times are `slots` and twice as many further. */
export function bucketAt({ low }: Hash, buckets: number): number {
  return bucketsAt + (low & buckets - 1) * bucketWords;
}

/** Where the filter's word for a scope is. */
export function filterOf({ low }: Hash): number {
  return filterAt + (low >>> 16 & filterWords - 1);
}

/** The group that a tenant is in, by the hash of its name. */
export function groupOf({ low }: Hash): number {
  return low & groups - 1;
}

/** Where the epoch of the last purge of a group's tenants is. */
export function lastAt(group: number): number {
  return tenantsAt + 2 * group;
}

/** Where their floor is: of what is older and may have been purged, it is not known any more whether it was. */
export function floorAt(group: number): number {
  return tenantsAt + 2 * group + 1;
}

/** Who a record is: what the upper half of its tag is. */
export function identityOf({ high }: Hash, mode: "hard" | "soft"): number {
  return mode === "hard" ? high & ~1 : high | 1;
}

/** The tag of a record that takes a slot. @param before the tag that the slot had */
export function nextTag(identity: number, group: number, before: bigint): bigint {
  const turn = Number(before >> 1n & BigInt(turns - 1)) + 1;
  // No tag is zero, which says that a slot was never used.
  const lower = group << 18 | (turn === turns ? 1 : turn) << 1;
  return BigInt.asIntN(64, BigInt(identity) << 32n | BigInt(lower >>> 0));
}

/** The group of whoever has a record. */
export function groupOfTag(tag: bigint): number {
  return Number(tag >> 18n & BigInt(groups - 1));
}

/** A tag of a slot that is being given away. */
export function leaving(tag: bigint): bigint {
  return tag | 1n;
}

export function isLeaving(tag: bigint): boolean {
  return (tag & 1n) === 1n;
}

export function identityOfTag(tag: bigint): number {
  return Number(tag >> 32n);
}
