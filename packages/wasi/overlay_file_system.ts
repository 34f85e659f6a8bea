/**
 * A layer in memory over a file system that is only read: what is written stays in the layer, and is gone with it.
 *
 * The base may be any file system: a bundle, an image, a directory of the host. It is asked for names, attributes and
 * contents, never for a change, whatever it would allow.
 */

import type { DirectoryNode, FileSystem } from "./file_system.ts";
import { budgetOf, type MemoryFileSystemOptions } from "./memory_budget.ts";
import { BaseDirectory } from "./overlay_base.ts";
import { OverlayDirectory, type OverlayVolume } from "./overlay_directory.ts";

/** Where the numbers of new nodes begin if the base cannot tell: no file system of a host gives such numbers. */
const highInodes = 1n << 63n;

/** How many new nodes a layer may number. */
const inodesOfLayer = 1n << 40n;

/**
 * A layer over `base`, with bounds of its own.
 *
 * A file is copied up when it is first changed, not when it is opened: its pages one by one where the base's contents
 * can never change (images and bundles), else all of it, and ENOSPC where it does not fit. Times, names and owners of
 * a directory's entries need no copy of what they name. Renaming a directory of the base moves no file. A node keeps
 * its inode and device when it is copied up.
 *
 * A base that changes meanwhile is seen as it is, as far as it was not copied up, and names of the layer win. Where it
 * has several names for one file, and gives the inode of that to another, the copy is taken for that one.
 *
 * @example
 * ```ts
 * import { memoryFileSystem, overlayFileSystem } from "@skerry/wasi";
 *
 * const clock = {
 *   wallNs: () => 0n,
 *   monotonicNs: () => 0n,
 *   resolutionNs: 1n,
 *   sleep: () => Promise.resolve(),
 * };
 * const base = memoryFileSystem({ bytesMax: 4096, filesMax: 9, clock });
 * const layer = overlayFileSystem(base, { bytesMax: 4096, filesMax: 9, clock });
 * layer.root().makeDirectory("seen here alone");
 * if (base.root().lookup("seen here alone") !== undefined) throw new Error("the base was changed");
 * ```
 */
export function overlayFileSystem(
  base: FileSystem,
  options: MemoryFileSystemOptions,
): FileSystem {
  const firstInode = base.inodesMax ?? highInodes;
  let inodes = firstInode;
  let root: OverlayDirectory | undefined;
  const makeRoot = (): OverlayDirectory => {
    const node: DirectoryNode = base.root();
    try {
      const stat = node.stat();
      const budget = budgetOf(options);
      // The root is not counted, so that every other node can be.
      budget.exemptNode();
      const volume: OverlayVolume = {
        budget,
        clock: options.clock,
        device: stat.device,
        nextInode: () => inodes += 1n,
        standing: new Map(),
      };
      const origin = { node, stat, forget: () => {} };
      const top = new OverlayDirectory(volume, origin, BaseDirectory.top(base, stat, node));
      // So that it is never forgotten: descriptors of the guest come and go.
      top.raise();
      return top;
    } catch (error) {
      node.release();
      throw error;
    }
  };
  return {
    readOnly: false,
    inodesMax: firstInode + inodesOfLayer,
    root: () => (root ??= makeRoot()).again(),
  };
}
