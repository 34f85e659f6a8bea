/**
 * Memory that threads and processes share, as one array of bytes.
 *
 * On Linux it has a descriptor (memfd_create(2)), which processes inherit as they inherit sockets, and each thread maps it
 * for itself; or it is a file, whose bytes outlive every process of ours. What is mapped stays mapped while its process
 * lives: nobody knows when the last view of it is gone. Atomics work on it as on a SharedArrayBuffer, which is what
 * stands in for it where there are no such calls, among the threads of one process.
 */

import { encodeUtf8, SkerryError } from "@skerry/base";
import { type Libc, libc } from "./libc.ts";

/** How another thread or process comes to the same memory; a plain value. */
export type MemoryHandle =
  /** By the number of a descriptor in this process, or one that inherited it. */
  | { readonly kind: "inherited"; readonly descriptor: number; readonly bytes: number }
  /** Only in threads of one process. */
  | { readonly kind: "buffer"; readonly buffer: SharedArrayBuffer };

/** Memory for others to share. It begins as zeros. */
export interface SharedMemory {
  readonly handle: MemoryHandle;
  /** Processes that `act` starts before it returns inherit it; others do not. */
  lend<Result>(act: () => Result): Result;
  /** Gives up the way to it; who has it mapped keeps it. */
  close(): void;
}

// <sys/mman.h>, <linux/memfd.h>, <fcntl.h> of 64-bit Linux.
const [readWrite, mapShared, memfdCloseOnExec] = [3, 1, 1];
const [openReadWrite, openCreate, openNoFollow, openCloseOnExec] = [2, 0o100, 0o400000, 0o2000000];
const [setDescriptorFlags, descriptorCloseOnExec, duplicateCloseOnExec] = [2, 1, 1030];

/** Low numbers are taken in processes that this one starts: 3 is their way to it. */
const lowDescriptors = 64;

/**
 * Makes memory. Pages take none of the machine's before they are written to.
 *
 * @param name which shows in /proc/PID/maps
 */
export function makeSharedMemory(name: string, bytes: number): SharedMemory {
  const calls = libc();
  const fd = calls === undefined ? -1 : newDescriptor(calls, name);
  if (calls === undefined || fd < 0) return buffered(bytes);
  if (calls.ftruncate(fd, BigInt(bytes)) !== 0) {
    calls.close(fd);
    return buffered(bytes);
  }
  let isClosed = false;
  const setFlags = (flags: number) => isClosed || calls.fcntl(fd, setDescriptorFlags, flags);
  return {
    handle: { kind: "inherited", descriptor: fd, bytes },
    lend(act) {
      setFlags(0);
      try {
        return act();
      } finally {
        setFlags(descriptorCloseOnExec);
      }
    },
    close() {
      if (!isClosed) calls.close(fd);
      isClosed = true;
    },
  };
}

/**
 * The bytes of shared memory, for this thread. Foreign functions have to be permitted still.
 *
 * @throws SkerryError SKERRY_MEMORY_FAILED where there is no such memory
 */
export function openSharedMemory(handle: MemoryHandle): ArrayBufferLike {
  if (handle.kind === "buffer") return handle.buffer;
  const { descriptor, bytes } = handle;
  const calls = libc();
  return (calls && mapped(calls, descriptor, bytes)) ??
    fail(`descriptor ${descriptor}`, "it cannot be mapped");
}

/**
 * The bytes of a file, made where there is none, and made as long as is asked for: what is written to them is the file's, for
 * everybody who maps it. Undefined where the system has no such calls.
 *
 * @throws SkerryError SKERRY_MEMORY_FAILED where the file cannot be had
 */
export function mapFile(path: string, bytes: number): ArrayBuffer | undefined {
  const calls = libc();
  if (calls === undefined) return undefined;
  const flags = openReadWrite | openCreate | openNoFollow | openCloseOnExec;
  const fd = calls.open(cText(path), flags, 0o600);
  if (fd < 0) fail(path, "it cannot be opened");
  try {
    if (calls.ftruncate(fd, BigInt(bytes)) !== 0) fail(path, "it cannot be made as long");
    return mapped(calls, fd, bytes) ?? fail(path, "it cannot be mapped");
  } finally {
    calls.close(fd);
  }
}

function newDescriptor(calls: Libc, name: string): number {
  const low = calls.memfd_create(cText(name), memfdCloseOnExec);
  if (low < 0) return low;
  const fd = calls.fcntl(low, duplicateCloseOnExec, lowDescriptors);
  calls.close(low);
  return fd;
}

function mapped(calls: Libc, fd: number, bytes: number): ArrayBuffer | undefined {
  const place = calls.mmap(null, BigInt(bytes), readWrite, mapShared, fd, 0n);
  // MAP_FAILED is the last address of all.
  const address = BigInt.asIntN(64, Deno.UnsafePointer.value(place));
  if (place === null || address === -1n) return undefined;
  return Deno.UnsafePointerView.getArrayBuffer(place, bytes);
}

function buffered(bytes: number): SharedMemory {
  const buffer = new SharedArrayBuffer(bytes);
  return { handle: { kind: "buffer", buffer }, lend: (act) => act(), close() {} };
}

/** Ended by a zero, as C has texts. */
function cText(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...encodeUtf8(text), 0]);
}

function fail(where: string, why: string): never {
  throw new SkerryError("SKERRY_MEMORY_FAILED", `memory cannot be shared: ${why}`, { where });
}
