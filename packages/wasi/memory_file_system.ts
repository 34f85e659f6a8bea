/** A file system in memory, bounded in bytes and in files; it is gone when nothing refers to it. */

import type { Clock } from "@skerry/base";
import type { FileSystem } from "./file_system.ts";
import { MemoryBudget } from "./memory_budget.ts";
import { MemoryDirectory } from "./memory_directory.ts";

/** Bounds of a memory file system, and the clock that its times are taken from. */
export interface MemoryFileSystemOptions {
  /** Contents in pages of 4 KiB, and 256 bytes for each name (ENOSPC beyond). Holes are free. */
  readonly bytesMax: number;
  /** Files, directories and links (ENOSPC beyond). */
  readonly filesMax: number;
  readonly clock: Clock;
}

/**
 * An empty file system in memory. Reading a file does not change its access time.
 *
 * ```ts
 * import type { Clock } from "@skerry/base";
 * import { memoryFileSystem } from "@skerry/wasi";
 *
 * const clock: Clock = {
 *   wallNs: () => 0n,
 *   monotonicNs: () => 0n,
 *   resolutionNs: 1n,
 *   sleep: () => Promise.resolve(),
 * };
 * const files = memoryFileSystem({ bytesMax: 1 << 20, filesMax: 100, clock });
 * const root = files.root();
 * root.makeDirectory("data");
 * root.release();
 * ```
 */
export function memoryFileSystem(options: MemoryFileSystemOptions): FileSystem {
  let root: MemoryDirectory | undefined;
  // Made when it is first asked for: most guests that are handed one never look at it.
  return { readOnly: false, root: () => (root ??= makeRoot(options)).again() };
}

function makeRoot({ bytesMax, filesMax, clock }: MemoryFileSystemOptions): MemoryDirectory {
  // The root is not counted, so that every other node can be.
  const budget = new MemoryBudget(bytesMax, filesMax + 1);
  let inodes = 0n;
  const root = new MemoryDirectory({ budget, clock, nextInode: () => inodes += 1n });
  root.addName();
  return root;
}
