/** Directories of the memory file system, with the rules of rename(2), unlink(2) and their kin. */

import { fail } from "./errno.ts";
import type { DirectoryEntry, DirectoryNode, FileAccess, FsNode, OpenFile } from "./file_system.ts";
import { MemoryFile, MemoryNode, MemorySymlink, type MemoryVolume } from "./memory_nodes.ts";

/** What a name takes of the budget, whatever its length. */
const nameBytes = 256;

type AnyMemoryNode = MemoryFile | MemorySymlink | MemoryDirectory;

/** A directory. */
export class MemoryDirectory extends MemoryNode implements DirectoryNode {
  readonly type = "directory";
  readonly #entries = new Map<string, AnyMemoryNode>();
  /** The directory that names this one; undefined for the root. */
  #parent: MemoryDirectory | undefined;

  constructor(volume: MemoryVolume, parent?: MemoryDirectory) {
    super(volume, 0);
    this.#parent = parent;
  }

  again(): DirectoryNode {
    return this.hold();
  }

  lookup(name: string): FsNode | undefined {
    return this.#entries.get(name)?.hold();
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
    const node = here(from).#get(fromName);
    this.#checkFree(name);
    if (node.type === "directory") fail("EPERM");
    this.#add(name, node);
  }

  unlink(name: string): void {
    const node = this.#get(name);
    if (node.type === "directory") fail("EISDIR");
    this.#remove(name, node);
  }

  removeDirectory(name: string): void {
    const node = this.#get(name);
    if (node.type !== "directory") return fail("ENOTDIR");
    if (node.#entries.size > 0) fail("ENOTEMPTY");
    this.#remove(name, node);
  }

  rename(name: string, to: DirectoryNode, toName: string): void {
    const target = here(to);
    const node = this.#get(name);
    const replaced = target.#entries.get(toName);
    if (node.type === "directory" && target.#isWithin(node)) fail("EINVAL");
    if (replaced?.type === "directory" && this.#isWithin(replaced)) fail("ENOTEMPTY");
    if (target.#gone) fail("ENOENT");
    if (replaced === node) return;
    if (replaced !== undefined) checkReplaceable(node, replaced);
    node.hold();
    if (replaced !== undefined) target.#remove(toName, replaced);
    this.#remove(name, node);
    target.#add(toName, node);
    node.release();
    if (node.type === "directory") node.#parent = target;
  }

  *entries(): Generator<DirectoryEntry> {
    for (const [name, { type, inode }] of this.#entries) yield { name, type, inode: () => inode };
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  sync(): void {}

  protected size(): number {
    return 0;
  }

  protected free(): void {}

  get #gone(): boolean {
    return this.#parent !== undefined && this.nameless;
  }

  #get(name: string): AnyMemoryNode {
    return this.#entries.get(name) ?? fail("ENOENT");
  }

  #checkFree(name: string): void {
    if (this.#gone) fail("ENOENT");
    if (this.#entries.has(name)) fail("EEXIST");
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
    this.volume.budget.takeBytes(nameBytes);
    this.#entries.set(name, node);
    node.addName();
    this.touch();
  }

  #remove(name: string, node: AnyMemoryNode): void {
    this.#entries.delete(name);
    this.volume.budget.giveBytes(nameBytes);
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

function here(directory: DirectoryNode): MemoryDirectory {
  return directory instanceof MemoryDirectory ? directory : fail("EXDEV");
}

function checkReplaceable(node: AnyMemoryNode, replaced: AnyMemoryNode): void {
  if (node.type === "directory") {
    if (replaced.type !== "directory") fail("ENOTDIR");
    if (!replaced.isEmpty) fail("ENOTEMPTY");
  } else if (replaced.type === "directory") {
    fail("EISDIR");
  }
}
