/**
 * A region as everybody sees it. Its own thread writes it; others read, with two exceptions that can do no harm: they count
 * uses, and they take a record out of the index which another has taken the place of.
 *
 * What always holds: a slot with a stamp leads to a record with that stamp, which is not written to again before its block
 * has begun another life; and that begins after no slot leads there any more, and before the block is written to.
 */

import { bucketSlots, type MemoryPlan, regionPlaces } from "./memory_plan.ts";
import type { Hash } from "../keyed_hash.ts";

/** Uses are counted up to this. */
export const usesMax = 3;
/** No stamp: the slot is free. */
export const noStamp = 0;
/** No slot. */
export const noSlot = -1;

/** Words of a region's head. */
const [lastStamp, owners] = [0, 1];
const headWords = 2;

/** See the head of this file. */
export class Region {
  readonly plan: MemoryPlan;
  readonly slots: number;
  readonly blockWords: number;
  /** By block: how often it was given back. */
  readonly lives: Int32Array<ArrayBufferLike>;
  /** By block: where what it holds goes on. */
  readonly next: Int32Array<ArrayBufferLike>;
  /** The blocks. */
  readonly words: Int32Array<ArrayBufferLike>;
  readonly bytes: Uint8Array<ArrayBufferLike>;
  /** By slot: a part of the hash. */
  readonly #tags: Int32Array<ArrayBufferLike>;
  /** By slot: the stamp, and the place of the record. */
  readonly #entries: Int32Array<ArrayBufferLike>;
  readonly #uses: Uint8Array<ArrayBufferLike>;
  readonly #head: Int32Array<ArrayBufferLike>;

  constructor(buffer: ArrayBufferLike, start: number, plan: MemoryPlan) {
    const places = regionPlaces(plan);
    this.plan = plan;
    this.slots = plan.buckets * bucketSlots;
    this.blockWords = plan.blockBytes / 4;
    this.#head = new Int32Array(buffer, start, headWords);
    this.#tags = new Int32Array(buffer, start + places.tags, this.slots);
    this.#entries = new Int32Array(buffer, start + places.entries, this.slots * 2);
    this.#uses = new Uint8Array(buffer, start + places.uses, this.slots);
    this.lives = new Int32Array(buffer, start + places.lives, plan.blocks);
    this.next = new Int32Array(buffer, start + places.next, plan.blocks);
    const bytes = plan.blocks * plan.blockBytes;
    this.words = new Int32Array(buffer, start + places.data, bytes / 4);
    this.bytes = new Uint8Array(buffer, start + places.data, bytes);
  }

  /** The next slot with a record of this hash, after another; `noSlot` where there is no more. */
  find({ low, high }: Hash, after = noSlot): number {
    const tag = high | 0;
    const first = this.#firstBucket(low) * bucketSlots;
    const second = this.#secondBucket(low, high) * bucketSlots;
    const skipped = after === noSlot
      ? 0
      : (after >= first && after < first + bucketSlots
        ? after - first
        : bucketSlots + after - second) + 1;
    const count = first === second ? bucketSlots : 2 * bucketSlots;
    for (let at = skipped; at < count; at += 1) {
      const slot = at < bucketSlots ? first + at : second + at - bucketSlots;
      if (this.#tags[slot] === tag && this.stamp(slot) !== noStamp) return slot;
    }
    return noSlot;
  }

  /** A free slot for this hash, in the emptier of its buckets; `noSlot` where both are full. */
  freeSlot({ low, high }: Hash): number {
    const [first, firstFree] = this.#freeOf(this.#firstBucket(low));
    const [second, secondFree] = this.#freeOf(this.#secondBucket(low, high));
    return firstFree >= secondFree ? first : second;
  }

  /** Of the slots for this hash the one that was used least. */
  leastUsed({ low, high }: Hash): number {
    let found = this.#firstBucket(low) * bucketSlots;
    for (const bucket of [this.#firstBucket(low), this.#secondBucket(low, high)]) {
      for (let slot = bucket * bucketSlots; slot < (bucket + 1) * bucketSlots; slot += 1) {
        if (this.uses(slot) < this.uses(found)) found = slot;
      }
    }
    return found;
  }

  stamp(slot: number): number {
    return Atomics.load(this.#entries, slot * 2);
  }

  place(slot: number): number {
    return Atomics.load(this.#entries, slot * 2 + 1);
  }

  tag(slot: number): number {
    return this.#tags[slot] ?? 0;
  }

  uses(slot: number): number {
    return this.#uses[slot] ?? 0;
  }

  /** Counts one more. Two threads that do so at once may count one: that is close enough. */
  use(slot: number): void {
    const uses = this.#uses[slot] ?? usesMax;
    if (uses < usesMax) this.#uses[slot] = uses + 1;
  }

  /** By the owner, as all that follows. */
  setUses(slot: number, uses: number): void {
    this.#uses[slot] = uses;
  }

  /** A stamp that no record had for long. */
  newStamp(): number {
    const next = (Atomics.load(this.#head, lastStamp) + 1) | 0 || 1;
    Atomics.store(this.#head, lastStamp, next);
    return next;
  }

  /** From now on a slot leads to a record. */
  publish(slot: number, { high }: Hash, stamp: number, place: number, uses: number): void {
    this.#tags[slot] = high;
    this.#uses[slot] = uses;
    Atomics.store(this.#entries, slot * 2 + 1, place);
    Atomics.store(this.#entries, slot * 2, stamp);
  }

  /** The record is elsewhere now, as it was. */
  move(slot: number, place: number): void {
    Atomics.store(this.#entries, slot * 2 + 1, place);
  }

  /** By anybody: no slot leads to the record with this stamp any more. Whether one did. */
  unlink(slot: number, stamp: number): boolean {
    return Atomics.compareExchange(this.#entries, slot * 2, stamp, noStamp) === stamp;
  }

  /** Begins it anew, without any records, for another owner. Gives which one that is. */
  begin(): number {
    const owner = Atomics.add(this.#head, owners, 1) + 1 | 0;
    this.#entries.fill(0);
    for (let block = 0; block < this.plan.blocks; block += 1) {
      Atomics.add(this.lives, block, 1);
    }
    return owner;
  }

  /** Who owns it now. */
  get owner(): number {
    return Atomics.load(this.#head, owners);
  }

  #firstBucket(low: number): number {
    return Math.floor((low >>> 0) / 2 ** 32 * this.plan.buckets);
  }

  #secondBucket(low: number, high: number): number {
    const mixed = Math.imul(low ^ high, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
    return Math.floor((mixed >>> 0) / 2 ** 32 * this.plan.buckets);
  }

  #freeOf(bucket: number): readonly [slot: number, free: number] {
    let [found, free] = [noSlot, 0];
    for (let slot = bucket * bucketSlots; slot < (bucket + 1) * bucketSlots; slot += 1) {
      if (this.stamp(slot) !== noStamp) continue;
      found = slot;
      free += 1;
    }
    return [found, free];
  }
}
