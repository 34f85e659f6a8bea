/**
 * Builds a tree of files that never changes. Until it is finished a node can get further names and contents.
 *
 * What always holds: a name is given once; there are at most `treeNodesMax` nodes.
 */

import { SkerryError } from "@skerry/base";
import type { FileStat, FrozenBytes } from "./file_system.ts";
import {
  type FileSystemImage,
  FrozenDirectory,
  FrozenFile,
  type FrozenNode,
  FrozenSymlink,
  imageOf,
} from "./frozen_nodes.ts";
import { treeNodesMax } from "./limits.ts";

/** A node to be. */
export interface Draft {
  readonly inode: bigint;
  readonly what: "directory" | FrozenBytes | { readonly target: string; readonly bytes: number };
  readonly entries: Map<string, Draft>;
  links: bigint;
  modifiedNs: bigint;
}

/** The tree to be. */
export class FrozenTree {
  readonly root: Draft;
  #inodes = 0n;

  constructor() {
    this.root = this.#draft("directory", 0n);
    this.root.links = 1n;
  }

  /** Adds a node under a name that is free. */
  add(parent: Draft, name: string, what: Draft["what"], modifiedNs: bigint): Draft {
    const draft = this.#draft(what, modifiedNs);
    this.link(parent, name, draft);
    return draft;
  }

  /** Gives a node another name. */
  link(parent: Draft, name: string, draft: Draft): void {
    parent.entries.set(name, draft);
    draft.links += 1n;
  }

  finish(): FileSystemImage {
    const made = new Map<Draft, FrozenNode>();
    const freeze = (draft: Draft): FrozenNode => {
      const before = made.get(draft);
      if (before !== undefined) return before;
      const node = frozen(draft, freeze);
      made.set(draft, node);
      return node;
    };
    return imageOf(frozenDirectory(this.root, freeze), this.#inodes);
  }

  #draft(what: Draft["what"], modifiedNs: bigint): Draft {
    if (this.#inodes >= BigInt(treeNodesMax)) {
      throw new SkerryError("SKERRY_BUNDLE_REFUSED", `it holds more than ${treeNodesMax} files`, {
        remedy: "leave out what the program does not read",
      });
    }
    this.#inodes += 1n;
    return { inode: this.#inodes, what, entries: new Map(), links: 0n, modifiedNs };
  }
}

function frozen(draft: Draft, freeze: (draft: Draft) => FrozenNode): FrozenNode {
  const { what } = draft;
  if (what === "directory") return frozenDirectory(draft, freeze);
  if ("target" in what) {
    return new FrozenSymlink(stat(draft, "symbolicLink", what.bytes), what.target);
  }
  return new FrozenFile(stat(draft, "regularFile", what.bytes), what);
}

function frozenDirectory(draft: Draft, freeze: (draft: Draft) => FrozenNode): FrozenDirectory {
  const entries = new Map<string, FrozenNode>();
  for (const [name, inner] of draft.entries) entries.set(name, freeze(inner));
  return new FrozenDirectory(stat(draft, "directory", 0), entries);
}

function stat(
  { inode, links, modifiedNs }: Draft,
  type: FileStat["type"],
  bytes: number,
): FileStat {
  const times = { accessedNs: modifiedNs, modifiedNs, changedNs: modifiedNs };
  return { device: 0n, inode, type, links, bytes: BigInt(bytes), ...times };
}
