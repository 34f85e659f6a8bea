/** A file system in memory, bounded in bytes and in files; it is gone when nothing refers to it. */

import type { FileSystem } from "./file_system.ts";
import type { FileSystemImage } from "./frozen_nodes.ts";
import { budgetOf, type MemoryFileSystemOptions } from "./memory_budget.ts";
import { MemoryDirectory } from "./memory_directory.ts";
import { overlayFileSystem } from "./overlay_file_system.ts";

/**
 * A file system in memory: empty, or one that begins with what an image holds. Any number of them can be started
 * from one image; that takes the same time however much it holds, and none sees what another one writes. Reading a
 * file does not change its access time.
 *
 * @example
 * ```ts
 * import { memoryFileSystem, takeImage } from "@skerry/wasi";
 *
 * const clock = {
 *   wallNs: () => 0n,
 *   monotonicNs: () => 0n,
 *   resolutionNs: 1n,
 *   sleep: () => Promise.resolve(),
 * };
 * const files = memoryFileSystem({ bytesMax: 1 << 20, filesMax: 100, clock });
 * const root = files.root();
 * root.makeDirectory("data");
 * root.release();
 * const image = await takeImage(files);
 * const another = memoryFileSystem({ bytesMax: 1 << 20, filesMax: 100, clock }, image);
 * if (another.root().lookup("data") === undefined) throw new Error("the image holds it");
 * ```
 */
export function memoryFileSystem(
  options: MemoryFileSystemOptions,
  image?: FileSystemImage,
): FileSystem {
  if (image !== undefined) return overlayFileSystem(image, options);
  let root: MemoryDirectory | undefined;
  // Made when it is first asked for: most guests that are handed one never look at it.
  return { readOnly: false, root: () => (root ??= makeRoot(options)).again() };
}

function makeRoot(options: MemoryFileSystemOptions): MemoryDirectory {
  const budget = budgetOf(options);
  // The root is not counted, so that every other node can be.
  budget.exemptNode();
  const { clock } = options;
  let inodes = 0n;
  const root = new MemoryDirectory({ budget, clock, device: 0n, nextInode: () => inodes += 1n });
  root.addName();
  return root;
}
