/**
 * Trees of files that never change: what an image of a file system and an opened bundle are made of.
 *
 * Nothing here has state, so that any number of guests can look at one tree at once, and layers stand on it.
 */

import { fail } from "@skerry/base";
import type {
  DirectoryEntry,
  DirectoryNode,
  FileAccess,
  FileNode,
  FileStat,
  FileSystem,
  FrozenBytes,
  FsNode,
  OpenFile,
  SymlinkNode,
} from "./file_system.ts";

/** A file system that never changes, as an image or a bundle is. It can be shared by all requests. */
export interface FileSystemImage extends FileSystem {
  readonly readOnly: true;
  readonly inodesMax: bigint;
}

/** Any node of a tree. */
export type FrozenNode = FrozenFile | FrozenSymlink | FrozenDirectory;

/** A tree by its top; its inodes are those from 1 to `inodesMax`. */
export function imageOf(root: FrozenDirectory, inodesMax: bigint): FileSystemImage {
  return { readOnly: true, inodesMax, root: () => root };
}

class Frozen {
  readonly #stat: FileStat;

  constructor(stat: FileStat) {
    this.#stat = Object.freeze({ ...stat });
  }

  stat(): FileStat {
    return this.#stat;
  }

  setTimes(): void {
    fail("EROFS");
  }

  release(): void {}
}

/** A regular file. */
export class FrozenFile extends Frozen implements FileNode {
  readonly type = "regularFile";
  readonly #bytes: FrozenBytes;

  constructor(stat: FileStat, bytes: FrozenBytes) {
    super(stat);
    this.#bytes = bytes;
  }

  open(access: FileAccess): OpenFile {
    return access === "read" ? new OpenFrozenFile(this.stat(), this.#bytes) : fail("EROFS");
  }

  frozen(): FrozenBytes {
    return this.#bytes;
  }
}

/** A symbolic link. */
export class FrozenSymlink extends Frozen implements SymlinkNode {
  readonly type = "symbolicLink";
  readonly #target: string;

  constructor(stat: FileStat, target: string) {
    super(stat);
    this.#target = target;
  }

  target(): string {
    return this.#target;
  }
}

/** A directory. */
export class FrozenDirectory extends Frozen implements DirectoryNode {
  readonly type = "directory";
  readonly #entries: ReadonlyMap<string, FrozenNode>;

  /** @param entries must not change any more once the tree is used */
  constructor(stat: FileStat, entries: ReadonlyMap<string, FrozenNode>) {
    super(stat);
    this.#entries = entries;
  }

  again(): DirectoryNode {
    return this;
  }

  lookup(name: string): FsNode | undefined {
    return this.#entries.get(name);
  }

  *entries(): Generator<DirectoryEntry> {
    for (const [name, node] of this.#entries) {
      yield { name, type: node.type, inode: () => node.stat().inode };
    }
  }

  hasNameBeside(names: ReadonlySet<string>): boolean {
    for (const name of this.#entries.keys()) if (!names.has(name)) return true;
    return false;
  }

  createFile(): OpenFile {
    return fail("EROFS");
  }

  makeDirectory(): void {
    fail("EROFS");
  }

  makeSymlink(): void {
    fail("EROFS");
  }

  link(): void {
    fail("EROFS");
  }

  unlink(): void {
    fail("EROFS");
  }

  removeDirectory(): void {
    fail("EROFS");
  }

  rename(): void {
    fail("EROFS");
  }

  sync(): void {}
}

class OpenFrozenFile extends Frozen implements OpenFile {
  readonly #bytes: FrozenBytes;

  constructor(stat: FileStat, bytes: FrozenBytes) {
    super(stat);
    this.#bytes = bytes;
  }

  read(target: Uint8Array, offset: number): number {
    return this.#bytes.read(target, offset);
  }

  write(): number {
    return fail("EBADF");
  }

  setSize(): void {
    fail("EBADF");
  }

  allocate(): void {
    fail("EBADF");
  }

  sync(): void {}

  close(): void {}
}
