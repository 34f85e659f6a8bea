/** Takes an image of a file system: its tree as it is now, for ever. */

import { encodeUtf8, formatSize, SkerryError } from "@skerry/base";
import type { DirectoryNode, FileNode, FileSystem, FrozenBytes, FsNode } from "./file_system.ts";
import type { FileSystemImage } from "./frozen_nodes.ts";
import { FrozenSlice } from "./frozen_pages.ts";
import { type Draft, FrozenTree } from "./frozen_tree.ts";
import { pathBytesMax, treeBytesMax } from "./limits.ts";

/**
 * The image of a file system. What that holds in memory is shared with it, not copied, and what is written there from
 * now on is written above it; contents that are elsewhere are read. Hard links stay links, and the times of the last
 * change are kept.
 *
 * @throws SkerryError SKERRY_BUNDLE_REFUSED where it holds more than an image may, or what is neither file nor link
 */
export async function takeImage(fileSystem: FileSystem): Promise<FileSystemImage> {
  const root = fileSystem.root();
  try {
    const taking = new Taking();
    taking.tree.root.modifiedNs = root.stat().modifiedNs;
    await taking.below(root, taking.tree.root, "");
    return taking.tree.finish();
  } finally {
    root.release();
  }
}

/** There are more contents than `treeBytesMax`, with those of the file at a path. */
export function tooMuch(path: string): SkerryError {
  const most = formatSize(treeBytesMax);
  return new SkerryError("SKERRY_BUNDLE_REFUSED", `with it there are more than ${most}`, {
    where: path,
    remedy: "leave out what the program does not read",
  });
}

class Taking {
  readonly tree = new FrozenTree();
  #bytesLeft = treeBytesMax;
  /** What was met before, by device and inode: the names of a hard link are one node. */
  readonly #met = new Map<string, Draft>();

  async below(directory: DirectoryNode, draft: Draft, path: string): Promise<void> {
    for await (const { name } of directory.entries()) {
      const node = directory.lookup(name);
      if (node === undefined) continue;
      try {
        await this.#add(node, draft, name, path === "" ? name : `${path}/${name}`);
      } finally {
        node.release();
      }
    }
  }

  async #add(node: FsNode, parent: Draft, name: string, path: string): Promise<void> {
    if (path.length > pathBytesMax) {
      throw new SkerryError("SKERRY_BUNDLE_REFUSED", "a path in it is too long", {
        where: `${path.slice(0, 200)} …`,
        remedy: `shorten it to ${pathBytesMax} bytes`,
      });
    }
    const { device, inode, links, modifiedNs } = node.stat();
    if (node.type === "directory") {
      return await this.below(node, this.tree.add(parent, name, "directory", modifiedNs), path);
    }
    const key = `${device}:${inode}`;
    const met = links > 1n ? this.#met.get(key) : undefined;
    if (met !== undefined) return this.tree.link(parent, name, met);
    const draft = this.tree.add(parent, name, this.#contents(node, path), modifiedNs);
    if (links > 1n) this.#met.set(key, draft);
  }

  #contents(node: Exclude<FsNode, DirectoryNode>, path: string): Draft["what"] {
    switch (node.type) {
      case "regularFile":
        return node.frozen?.() ?? this.#read(node, path);
      case "symbolicLink": {
        const target = node.target();
        return { target, bytes: encodeUtf8(target).length };
      }
      default:
        throw new SkerryError(
          "SKERRY_BUNDLE_REFUSED",
          "it is neither a file, a folder nor a link",
          {
            where: path,
            remedy: "leave it out",
          },
        );
    }
  }

  #read(node: FileNode, path: string): FrozenBytes {
    const file = node.open("read");
    try {
      const { bytes } = file.stat();
      if (bytes > BigInt(this.#bytesLeft)) throw tooMuch(path);
      const contents = new Uint8Array(Number(bytes));
      const read = file.read(contents, 0);
      this.#bytesLeft -= read;
      return new FrozenSlice(contents.subarray(0, read));
    } finally {
      file.close();
    }
  }
}
