/**
 * Builds a tree of files that never changes. Until it is finished a node can get further names and contents.
 *
 * What always holds: a name is given once; no more nodes than the budget has.
 */

import { bug, SkerryError } from "@skerry/base";
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

/** The nodes that trees may have which are held together: `treeNodesMax`. */
export class TreeBudget {
  #nodesLeft = treeNodesMax;

  /** @throws SkerryError SKERRY_BUNDLE_REFUSED where there are too many */
  takeNode(): void {
    if (this.#nodesLeft > 0) {
      this.#nodesLeft -= 1;
      return;
    }
    throw new SkerryError("SKERRY_BUNDLE_REFUSED", `it holds more than ${treeNodesMax} files`, {
      remedy: "leave out what the program does not read",
    });
  }
}

/** The tree to be. */
export class FrozenTree {
  readonly root: Draft;
  readonly #budget: TreeBudget;
  /** All, in the order in which they were added. */
  readonly #drafts: Draft[] = [];

  constructor(budget: TreeBudget = new TreeBudget()) {
    this.#budget = budget;
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

  /** The tree as it is. One node after the other: paths may be deeper than the stack. */
  finish(): FileSystemImage {
    const made = new Map<Draft, FrozenNode>();
    const directories: Draft[] = [];
    for (const draft of this.#drafts) {
      if (draft.what === "directory") directories.push(draft);
      else made.set(draft, frozenLeaf(draft, draft.what));
    }
    // A directory is there before those in it: from the last one on, all that it names is made.
    for (const draft of directories.reverse()) made.set(draft, frozenDirectory(draft, made));
    return imageOf(frozenDirectory(this.root, made), BigInt(this.#drafts.length));
  }

  #draft(what: Draft["what"], modifiedNs: bigint): Draft {
    this.#budget.takeNode();
    const inode = BigInt(this.#drafts.length + 1);
    const draft: Draft = { inode, what, entries: new Map(), links: 0n, modifiedNs };
    this.#drafts.push(draft);
    return draft;
  }
}

function frozenLeaf(draft: Draft, what: Exclude<Draft["what"], "directory">): FrozenNode {
  if ("target" in what) {
    return new FrozenSymlink(stat(draft, "symbolicLink", what.bytes), what.target);
  }
  return new FrozenFile(stat(draft, "regularFile", what.bytes), what);
}

function frozenDirectory(draft: Draft, made: ReadonlyMap<Draft, FrozenNode>): FrozenDirectory {
  const entries = new Map<string, FrozenNode>();
  for (const [name, inner] of draft.entries) {
    entries.set(name, made.get(inner) ?? bug("a node lies in a directory that was added after it"));
  }
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
