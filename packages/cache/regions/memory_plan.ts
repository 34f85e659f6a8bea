/**
 * What is where in the memory that a node's threads share: a head, a list of what was let go of lately, and a region for each
 * thread. Everybody works it out from the same few numbers.
 *
 * A region has an index (slots in buckets), what is known of each block, and the blocks, which records are written to.
 * Places are counted in words of 32 bits.
 */

import { ghostWords } from "./ghosts.ts";

/** Slots of a bucket; a record may be in either of two. */
export const bucketSlots = 8;

/** How much of a region the index may have: a slot for so many bytes. A record is seldom smaller. */
const bytesPerSlot = 192;
/** What a slot takes: tag, stamp, place, and how often it was used. */
const slotBytes = 13;
/** Which life of a block it is, and which block follows. */
const blockFactsBytes = 8;
/** Of the memory. */
export const headWords = 16;
const regionHeadWords = 16;
/** Cache lines. */
const alignment = 64;

/** Sizes. */
export interface MemoryPlan {
  readonly regions: number;
  readonly blockBytes: number;
  /** Of each region. */
  readonly buckets: number;
  readonly blocks: number;
  readonly ghosts: number;
  readonly regionBytes: number;
}

/** Records are written to pieces of this size, of which each tenant has its own. */
export const defaultBlockBytes = 16 * 1024;
/** Fewer blocks than this are no region. */
const blocksMin = 16;
/** Places within a region are small integers to the engine; of more memory the rest is not used. */
const regionBytesMax = 2 ** 32 - 2 ** 20;

/** How a memory is cut; undefined where it is too small for so many regions. */
export function planMemory(
  bytes: number,
  regions: number,
  blockBytes = defaultBlockBytes,
): MemoryPlan | undefined {
  const share = Math.floor((bytes - headWords * 4 - alignment) / regions);
  const each = Math.min(share, regionBytesMax);
  const buckets = Math.floor(each / bytesPerSlot / bucketSlots);
  const slots = buckets * bucketSlots;
  // Those of all regions are one list; a region pays for its part of it.
  const ghostsOfEach = Math.ceil(slots / 2);
  const ghostBytes = ghostsOfEach * ghostWords * 4;
  const rest = each - 8 * alignment - regionHeadWords * 4 - slots * slotBytes - ghostBytes;
  const blocks = Math.floor(rest / (blockBytes + blockFactsBytes));
  if (blocks < blocksMin) return undefined;
  const plan = { regions, blockBytes, buckets, blocks, ghosts: ghostsOfEach * regions };
  return { ...plan, regionBytes: regionPlaces(plan).end };
}

/** Where the parts of a region begin, in bytes from its own beginning. */
export function regionPlaces({ buckets, blocks, blockBytes }: Omit<MemoryPlan, "regionBytes">) {
  const slots = buckets * bucketSlots;
  const tags = aligned(regionHeadWords * 4);
  const entries = aligned(tags + slots * 4);
  const uses = aligned(entries + slots * 8);
  const lives = aligned(uses + slots);
  const next = aligned(lives + blocks * 4);
  const data = aligned(next + blocks * 4);
  return { tags, entries, uses, lives, next, data, end: aligned(data + blocks * blockBytes) };
}

/** The next place where something may begin. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
