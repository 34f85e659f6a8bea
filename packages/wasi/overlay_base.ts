/**
 * A directory of the layer below, found again by its name when it is asked for: what is kept for long holds nothing
 * of the base, which may be a descriptor of the host.
 */

import type { DirectoryNode, FileStat, FileSystem } from "./file_system.ts";

/** The way to a directory of the base. */
export class BaseDirectory {
  readonly #find: () => DirectoryNode | undefined;
  readonly #device: bigint;
  readonly #inode: bigint;
  #held: DirectoryNode | undefined;
  /** Where it was in the base, from the top, each name behind a slash. */
  readonly path: string;

  /** @param held the directory itself, which is taken over */
  private constructor(
    path: string,
    find: () => DirectoryNode | undefined,
    { device, inode }: FileStat,
    held: DirectoryNode,
  ) {
    this.path = path;
    this.#find = find;
    this.#device = device;
    this.#inode = inode;
    this.#held = held;
  }

  static top(base: FileSystem, stat: FileStat, held: DirectoryNode): BaseDirectory {
    return new BaseDirectory("", () => base.root(), stat, held);
  }

  /** The directory that a name in this one stands for. */
  inner(name: string, stat: FileStat, held: DirectoryNode): BaseDirectory {
    const find = () => this.use((directory) => directoryIn(directory, name), undefined);
    return new BaseDirectory(`${this.path}/${name}`, find, stat, held);
  }

  /** Does something with the directory; answers `none` where the base has it no more. */
  use<T>(act: (directory: DirectoryNode) => T, none: T): T {
    if (this.#held !== undefined) return act(this.#held);
    const found = this.#find();
    if (found === undefined) return none;
    try {
      const { device, inode } = found.stat();
      return device === this.#device && inode === this.#inode ? act(found) : none;
    } finally {
      found.release();
    }
  }

  /** Holds the directory from now on, so that it stays the same one. */
  hold(): void {
    this.#held ??= this.use<DirectoryNode | undefined>((directory) => directory.again(), undefined);
  }

  letGo(): void {
    this.#held?.release();
    this.#held = undefined;
  }
}

function directoryIn(directory: DirectoryNode, name: string): DirectoryNode | undefined {
  const found = directory.lookup(name);
  if (found === undefined || found.type === "directory") return found;
  found.release();
  return undefined;
}
