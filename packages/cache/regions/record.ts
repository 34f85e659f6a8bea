/**
 * Records: a head of a few words, which stands in one block, then the name that it is found by and what is kept, which go
 * on in the next block where one is full.
 */

import { newBytes } from "@skerry/base";
import { fence } from "./fence.ts";
import { noStamp, type Region } from "./region.ts";

/** Words of a record's head, by their places. */
export const recordHead = { stamp: 0, slot: 1, bytes: 2, key: 3, tenant: 4 } as const;
export const recordHeadWords = 5;

/** What a record is found by, as it is written. */
export interface RecordName {
  /** The length of the key, twice, and 1 more where its characters take two bytes each. */
  readonly keyWord: number;
  /** The length of the tenant, twice, and 1 more where it stands before the key and not in it. */
  readonly tenantWord: number;
  readonly bytes: Uint8Array;
}

/** What was read of a record: a copy. */
export interface ReadRecord {
  readonly stamp: number;
  readonly keyWord: number;
  readonly tenantWord: number;
  /** The name, and what is kept. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** How many words a record takes. */
export function recordWords(payloadBytes: number): number {
  return recordHeadWords + Math.ceil(payloadBytes / 4);
}

/** Keys begin with their tenant most often: then it is not written twice. */
export function recordName(tenant: string, key: string): RecordName {
  const isApart = !isIn(tenant, key);
  const text = isApart ? tenant + key : key;
  let wide = 0;
  for (let at = 0; at < text.length; at += 1) wide |= text.charCodeAt(at);
  const size = wide > 0xff ? 2 : 1;
  const bytes = newBytes(text.length * size);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    bytes[at * size] = code;
    if (size === 2) bytes[at * 2 + 1] = code >> 8;
  }
  return {
    keyWord: key.length * 2 + size - 1,
    tenantWord: tenant.length * 2 + (isApart ? 1 : 0),
    bytes,
  };
}

/** How many bytes of a record are its name, where it is this one; undefined where it is another's. */
export function nameBytes(
  { keyWord, tenantWord, payload }: ReadRecord,
  tenant: string,
  key: string,
): number | undefined {
  const isApart = tenantWord % 2 === 1;
  if (keyWord >>> 1 !== key.length || tenantWord >>> 1 !== tenant.length) return undefined;
  if (isIn(tenant, key) === isApart) return undefined;
  const text = isApart ? tenant + key : key;
  const size = keyWord % 2 + 1;
  if (payload.length < text.length * size) return undefined;
  for (let at = 0; at < text.length; at += 1) {
    const high = size === 2 ? payload[at * 2 + 1] ?? 0 : 0;
    if (text.charCodeAt(at) !== ((payload[at * size] ?? 0) | high << 8)) return undefined;
  }
  return text.length * size;
}

/**
 * Copies a record out of a region, while its owner may do anything. Undefined where its slot leads nowhere.
 *
 * @param bytesMax no record's payload is longer
 */
export function readRecord(
  region: Region,
  slot: number,
  bytesMax: number,
): ReadRecord | undefined {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const stamp = region.stamp(slot);
    if (stamp === noStamp) return undefined;
    const place = region.place(slot);
    const block = Math.floor(place / region.blockWords);
    // No owner writes such a place; who has written it is not to end others.
    if (block < 0 || block >= region.plan.blocks) return undefined;
    const life = Atomics.load(region.lives, block);
    // In this life the block has the record, if the slot leads there still: it stays as long as the life does.
    if (region.place(slot) !== place || region.stamp(slot) !== stamp) continue;
    const head = (word: number) => region.words[place + word] ?? 0;
    const [keyWord, tenantWord, bytes] = [
      head(recordHead.key),
      head(recordHead.tenant),
      head(recordHead.bytes),
    ];
    const isRecord = bytes >= 0 && bytes <= bytesMax && head(recordHead.stamp) === stamp;
    fence();
    // Otherwise it is gone already: what stands there is another's, and says nothing of how much memory it takes.
    const payload = isRecord && Atomics.load(region.lives, block) === life
      ? copyOut(region, block, (place + recordHeadWords) * 4, bytes)
      : undefined;
    fence();
    const isSame = Atomics.load(region.lives, block) === life;
    if (isSame && payload !== undefined) return { stamp, keyWord, tenantWord, payload };
  }
  return undefined;
}

/** Nobody's records move so often in so short a time; if they did, it would be as if this one were not there. */
const triesMax = 16;

/** @param from a place in `block`, in bytes */
function copyOut(
  region: Region,
  block: number,
  from: number,
  length: number,
): Uint8Array<ArrayBuffer> | undefined {
  const { blockBytes, blocks } = region.plan;
  const copy = newBytes(length);
  let [current, at] = [block, from];
  for (let done = 0; done < length;) {
    const here = Math.min(length - done, (current + 1) * blockBytes - at);
    // No owner begins a record there.
    if (here < 0) return undefined;
    copy.set(region.bytes.subarray(at, at + here), done);
    done += here;
    if (done === length) break;
    current = region.next[current] ?? blocks;
    if (current < 0 || current >= blocks) return undefined;
    at = current * blockBytes;
  }
  return copy;
}

function isIn(tenant: string, key: string): boolean {
  return key.startsWith(tenant) && key.charCodeAt(tenant.length) === 10;
}
