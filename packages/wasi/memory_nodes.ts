/**
 * Files and symbolic links of the memory file system, and what all its nodes share.
 *
 * A node lives while it has a name or is held; when both have gone it gives back what it took.
 */

import { type Clock, encodeUtf8 } from "@skerry/base";
import { fail } from "./errno.ts";
import type {
  FileAccess,
  FileNode,
  FileStat,
  FileTimes,
  OpenFile,
  SymlinkNode,
} from "./file_system.ts";
import type { FileType } from "./file_type.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import { MemoryContent } from "./memory_content.ts";

/** What the nodes of one memory file system share. */
export interface MemoryVolume {
  readonly budget: MemoryBudget;
  readonly clock: Clock;
  nextInode(): bigint;
}

/** A node's number, times, names and holds. `ownBytes` is what it takes of the budget at once. */
export abstract class MemoryNode {
  abstract readonly type: FileType;
  protected readonly volume: MemoryVolume;
  readonly #ownBytes: number;
  readonly #inode: bigint;
  #names = 0;
  #holds = 0;
  #accessedNs: bigint;
  #modifiedNs: bigint;
  #changedNs: bigint;

  constructor(volume: MemoryVolume, ownBytes: number) {
    volume.budget.takeNode(ownBytes);
    this.volume = volume;
    this.#ownBytes = ownBytes;
    this.#inode = volume.nextInode();
    this.#accessedNs = this.#modifiedNs = this.#changedNs = volume.clock.wallNs();
  }

  protected abstract size(): number;
  protected abstract free(): void;

  get inode(): bigint {
    return this.#inode;
  }

  /** Whether no directory names it any more. */
  get nameless(): boolean {
    return this.#names === 0;
  }

  stat(): FileStat {
    return {
      device: 0n,
      inode: this.#inode,
      type: this.type,
      links: BigInt(this.#names),
      bytes: BigInt(this.size()),
      accessedNs: this.#accessedNs,
      modifiedNs: this.#modifiedNs,
      changedNs: this.#changedNs,
    };
  }

  setTimes(times: FileTimes): void {
    this.#accessedNs = times.accessedNs ?? this.#accessedNs;
    this.#modifiedNs = times.modifiedNs ?? this.#modifiedNs;
    this.#changedNs = this.volume.clock.wallNs();
  }

  /** Notes that contents have changed. */
  touch(): void {
    this.#modifiedNs = this.#changedNs = this.volume.clock.wallNs();
  }

  hold(): this {
    this.#holds += 1;
    return this;
  }

  release(): void {
    this.#holds -= 1;
    this.#freeIfUnused();
  }

  addName(): void {
    this.#names += 1;
    this.#changedNs = this.volume.clock.wallNs();
  }

  removeName(): void {
    this.#names -= 1;
    this.#changedNs = this.volume.clock.wallNs();
    this.#freeIfUnused();
  }

  #freeIfUnused(): void {
    if (this.#names > 0 || this.#holds > 0) return;
    this.free();
    this.volume.budget.giveNode(this.#ownBytes);
  }
}

/** A regular file. */
export class MemoryFile extends MemoryNode implements FileNode {
  readonly type = "regularFile";
  readonly content: MemoryContent;

  constructor(volume: MemoryVolume) {
    super(volume, 0);
    this.content = new MemoryContent(volume.budget);
  }

  open(access: FileAccess): OpenFile {
    return new OpenMemoryFile(this.hold(), access);
  }

  protected size(): number {
    return this.content.size;
  }

  protected free(): void {
    this.content.free();
  }
}

/** A symbolic link. */
export class MemorySymlink extends MemoryNode implements SymlinkNode {
  readonly type = "symbolicLink";
  readonly #target: string;
  readonly #targetBytes: number;

  constructor(volume: MemoryVolume, target: string) {
    const targetBytes = encodeUtf8(target).length;
    super(volume, targetBytes);
    this.#target = target;
    this.#targetBytes = targetBytes;
  }

  target(): string {
    return this.#target;
  }

  protected size(): number {
    return this.#targetBytes;
  }

  protected free(): void {}
}

class OpenMemoryFile implements OpenFile {
  readonly #file: MemoryFile;
  readonly #access: FileAccess;

  constructor(file: MemoryFile, access: FileAccess) {
    this.#file = file;
    this.#access = access;
  }

  stat(): FileStat {
    return this.#file.stat();
  }

  setTimes(times: FileTimes): void {
    this.#file.setTimes(times);
  }

  read(target: Uint8Array, offset: number): number {
    if (this.#access === "write") fail("EBADF");
    return this.#file.content.read(target, offset);
  }

  write(bytes: Uint8Array, offset: number): number {
    const count = this.#writable().write(bytes, offset);
    if (count > 0) this.#file.touch();
    return count;
  }

  setSize(bytes: number): void {
    this.#writable().setSize(bytes);
    this.#file.touch();
  }

  allocate(offset: number, length: number): void {
    this.#writable().allocate(offset, length);
    this.#file.touch();
  }

  sync(): void {}

  close(): void {
    this.#file.release();
  }

  #writable(): MemoryContent {
    if (this.#access === "read") fail("EBADF");
    return this.#file.content;
  }
}
