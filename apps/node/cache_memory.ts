/**
 * The memory in which all threads of a node keep responses: made by the supervisor, inherited by cells, cut in a region for
 * each thread. A cell that is started again begins its regions anew; what others keep is not touched by that.
 */

import type { RandomSource } from "@skerry/base";
import { formatMemory, openMemory, planMemory, RegionStore } from "@skerry/cache";
import {
  makeSharedMemory,
  type MemoryHandle,
  openSharedMemory,
  type SharedMemory,
} from "@skerry/platform";

/** Blocks that records are written to, in bytes: the largest of which a region has enough. */
const blockSizes = [16 * 1024, 4 * 1024, 1024];

/** No set of responses takes more of its region, or more bytes: each is copied when it is read. */
const [valueShare, valueBytesMax] = [1 / 8, 16 * 1024 * 1024];
/** What a thread has decoded lately takes no more of its heap, and of its region's size. */
const [decodedShare, decodedBytesMax] = [1 / 8, 32 * 1024 * 1024];

/**
 * Makes the memory; undefined where there is too little for so many threads, or the system cannot share it among processes.
 *
 * @param bytes of all regions together
 */
export function makeCacheMemory(
  bytes: number,
  threads: number,
  random: RandomSource,
): SharedMemory | undefined {
  const wholeBytes = Math.floor(bytes / pageBytes) * pageBytes;
  const plan = blockSizes.map((size) => planMemory(wholeBytes, threads, size))
    .find((plan) => plan !== undefined);
  if (plan === undefined) return undefined;
  const memory = makeSharedMemory("skerry-cache", wholeBytes);
  if (memory.handle.kind === "buffer") return undefined;
  const secret = new Uint32Array(2);
  random.fill(new Uint8Array(secret.buffer));
  const [low = 0, high = 0] = secret;
  formatMemory(openSharedMemory(memory.handle), plan, { low, high });
  return memory;
}

const pageBytes = 4096;

/** The store of a thread that has a region of its own. To be called once in the life of a thread. */
export function openCacheMemory(handle: MemoryHandle, region: number): RegionStore | undefined {
  const memory = openMemory(openSharedMemory(handle));
  if (memory === undefined) return undefined;
  const { blocks, blockBytes } = memory.plan;
  const bytes = blocks * blockBytes;
  return new RegionStore({
    memory,
    region,
    weightOf: () => 1,
    valueBytesMax: Math.min(valueBytesMax, bytes * valueShare),
    memoBytesMax: Math.min(decodedBytesMax, bytes * decodedShare),
  });
}
