/** Directories of a file system in memory, with the rules of rename(2), unlink(2) and their kin. */

import { fail } from "@skerry/base";
import type { DirectoryEntry, DirectoryNode, FileAccess, FsNode, OpenFile } from "./file_system.ts";
import { MemoryFile } from "./memory_file.ts";
import { type MemorySpecial, MemorySymlink } from "./memory_leaves.ts";
import { MemoryNode, type MemoryVolume, type Origin } from "./memory_nodes.ts";

/** What a name takes of the budget, whatever its length; a name of the layer below that is hidden takes the same. */
const nameBytes = 256;

const noNames: ReadonlySet<string> = new Set();

/** Any node of a file system in memory. */
export type AnyMemoryNode = MemoryFile | MemorySymlink | MemorySpecial | MemoryDirectory;

/** A directory. What lies below it, where there is a layer below, is for a subclass to say. */
export class MemoryDirectory extends MemoryNode implements DirectoryNode {
  readonly type = "directory";
  /** Names of this layer. They win over those below, and the layer below need not know them. */
  protected readonly named = new Map<string, AnyMemoryNode>();
  /** The directory that names this one; undefined for the root. */
  #parent: MemoryDirectory | undefined;

  constructor(volume: MemoryVolume, parent?: MemoryDirectory, origin?: Origin<DirectoryNode>) {
    super(volume, 0, origin);
    this.#parent = parent;
    parent?.need();
  }

  /** What the layer below has under a name, as a node of this one; it may be held by nobody. */
  protected below(_name: string): AnyMemoryNode | undefined {
    return undefined;
  }

  /** Has a name of the layer below be seen no more. */
  protected hide(_name: string): void {}

  /** Whether the layer below has a name that is seen, and is not among these. */
  protected hasBelow(_beside: ReadonlySet<string>): boolean {
    return false;
  }

  again(): DirectoryNode {
    return this.hold();
  }

  lookup(name: string): FsNode | undefined {
    return this.#find(name);
  }

  createFile(name: string, access: FileAccess): OpenFile {
    this.#checkFree(name);
    const file = new MemoryFile(this.volume);
    this.#addNew(name, file);
    return file.open(access);
  }

  makeDirectory(name: string): void {
    this.#checkFree(name);
    this.#addNew(name, new MemoryDirectory(this.volume, this));
  }

  makeSymlink(name: string, target: string): void {
    this.#checkFree(name);
    this.#addNew(name, new MemorySymlink(this.volume, target));
  }

  link(name: string, from: DirectoryNode, fromName: string): void {
    this.#ours(from).#with(fromName, (node) => {
      this.#checkFree(name);
      if (node.type === "directory") fail("EPERM");
      node.raise();
      this.#add(name, node);
    });
  }

  unlink(name: string): void {
    this.#with(name, (node) => {
      if (node.type === "directory") fail("EISDIR");
      // What keeps another name has to know that it lost this one.
      if (node.names > 1) node.raise();
      this.#remove(name, node);
    });
  }

  removeDirectory(name: string): void {
    this.#with(name, (node) => {
      if (node.type !== "directory") return fail("ENOTDIR");
      if (!node.isEmpty) fail("ENOTEMPTY");
      this.#remove(name, node);
    });
  }

  rename(name: string, to: DirectoryNode, toName: string): void {
    const target = this.#ours(to);
    this.#with(name, (node) => {
      const replaced = target.#find(toName);
      try {
        this.#checkMove(node, target, replaced);
        if (replaced !== node) this.#move(name, node, target, toName, replaced);
      } finally {
        replaced?.release();
      }
    });
  }

  entries(): Iterable<DirectoryEntry> | AsyncIterable<DirectoryEntry> {
    return this.namedEntries();
  }

  hasNameBeside(names: ReadonlySet<string>): boolean {
    for (const name of this.named.keys()) if (!names.has(name)) return true;
    return this.hasBelow(names);
  }

  get isEmpty(): boolean {
    return !this.hasNameBeside(noNames);
  }

  sync(): void {}

  protected *namedEntries(): Generator<DirectoryEntry> {
    for (const [name, { type, inode }] of this.named) yield { name, type, inode: () => inode };
  }

  protected size(): bigint {
    return 0n;
  }

  protected free(): void {}

  protected override get needed(): MemoryNode | undefined {
    return this.#parent;
  }

  /** Whoever is kept because it was changed counts with all that it lies in. */
  protected override prepare(): void {
    this.#parent?.raise();
  }

  get #gone(): boolean {
    return this.#parent !== undefined && this.names === 0;
  }

  /** A directory of the same file system: no node ever comes to another one. */
  #ours(directory: DirectoryNode): MemoryDirectory {
    const isOurs = directory instanceof MemoryDirectory && directory.volume === this.volume;
    return isOurs ? directory : fail("EXDEV");
  }

  /** What a name stands for, held. */
  #find(name: string): AnyMemoryNode | undefined {
    return (this.named.get(name) ?? this.below(name))?.hold();
  }

  #with<T>(name: string, use: (node: AnyMemoryNode) => T): T {
    const node = this.#find(name) ?? fail("ENOENT");
    try {
      return use(node);
    } finally {
      node.release();
    }
  }

  #checkFree(name: string): void {
    if (this.#gone) fail("ENOENT");
    const found = this.#find(name);
    found?.release();
    if (found !== undefined) fail("EEXIST");
  }

  #checkMove(node: AnyMemoryNode, target: MemoryDirectory, replaced?: AnyMemoryNode): void {
    if (node.type === "directory" && target.#isWithin(node)) fail("EINVAL");
    if (replaced?.type === "directory" && this.#isWithin(replaced)) fail("ENOTEMPTY");
    if (target.#gone) fail("ENOENT");
    if (replaced === undefined || replaced === node) return;
    if (node.type !== "directory") {
      if (replaced.type === "directory") fail("EISDIR");
      return;
    }
    if (replaced.type !== "directory") return fail("ENOTDIR");
    if (!replaced.isEmpty) fail("ENOTEMPTY");
  }

  /** All that can fail comes first: nothing is moved in part. */
  #move(
    name: string,
    node: AnyMemoryNode,
    target: MemoryDirectory,
    toName: string,
    replaced: AnyMemoryNode | undefined,
  ): void {
    this.raise();
    target.raise();
    node.raise();
    if (replaced !== undefined && replaced.names > 1) replaced.raise();
    const hidden = this.named.has(name) ? 0 : 1;
    const hiddenThere = replaced === undefined || target.named.has(toName) ? 0 : 1;
    const given = 2 - hidden - (replaced === undefined ? 1 : hiddenThere);
    this.volume.budget.check((1 + hidden + hiddenThere - given) * nameBytes);
    if (replaced !== undefined) target.#remove(toName, replaced);
    this.#remove(name, node);
    target.#add(toName, node);
    if (node.type === "directory") node.#liesIn(target);
  }

  #liesIn(parent: MemoryDirectory): void {
    const before = this.#parent;
    if (before === parent) return;
    parent.need();
    this.#parent = parent;
    before?.needNoMore();
  }

  /** Adds a node that nothing refers to yet: it dies where there is no space for its name. */
  #addNew(name: string, node: AnyMemoryNode): void {
    node.hold();
    try {
      this.#add(name, node);
    } finally {
      node.release();
    }
  }

  #add(name: string, node: AnyMemoryNode): void {
    this.raise();
    this.volume.budget.takeBytes(nameBytes);
    this.named.set(name, node);
    node.addName();
    this.touch();
  }

  /** Removes a name; the node is held by the caller. */
  #remove(name: string, node: AnyMemoryNode): void {
    this.raise();
    if (this.named.delete(name)) {
      this.volume.budget.giveBytes(nameBytes);
    } else {
      this.volume.budget.takeBytes(nameBytes);
      this.hide(name);
    }
    node.removeName();
    this.touch();
  }

  /** Whether this is `ancestor` or lies below it. */
  #isWithin(ancestor: AnyMemoryNode): boolean {
    if (this === ancestor) return true;
    for (let above = this.#parent; above !== undefined; above = above.#parent) {
      if (above === ancestor) return true;
    }
    return false;
  }
}
