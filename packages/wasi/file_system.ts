/**
 * File systems as a port: what a preopened directory must be able to do.
 *
 * A file system knows nodes and single names, never paths: names hold no slash, no NUL, and are neither
 * `.` nor `..`; path_resolve.ts takes paths apart, follows symbolic links and guards the root. All methods
 * answer at once, but a listing may come as it is read. They fail by throwing an {@link ErrnoError} with the error that Linux would give.
 */

import type { FileType } from "./file_type.ts";

/** Attributes of a node. Times count nanoseconds since 1970. */
export interface FileStat {
  /** Which device inside the file system; 0 where there is but one. */
  readonly device: bigint;
  /** Unique inside the device while the node exists. */
  readonly inode: bigint;
  readonly type: FileType;
  readonly links: bigint;
  readonly bytes: bigint;
  readonly accessedNs: bigint;
  readonly modifiedNs: bigint;
  readonly changedNs: bigint;
}

/** Times to set; what is left out stays as it is. */
export interface FileTimes {
  readonly accessedNs?: bigint;
  readonly modifiedNs?: bigint;
}

/** What an open file is to be used for. */
export type FileAccess = "read" | "write" | "readWrite";

/** A tree of files that can be handed to a guest. */
export interface FileSystem {
  /** Whether nothing in it may be changed (EROFS). */
  readonly readOnly: boolean;
  /** No node has a higher inode; left out where that cannot be known. */
  readonly inodesMax?: bigint;
  /** The directory at the top, held until it is released. */
  root(): DirectoryNode;
}

/** What all nodes can do. A node is pinned: it stays the same one, whatever happens to its names. */
interface PinnedNode {
  stat(): FileStat;
  setTimes(times: FileTimes): void;
  /** Lets go of the node. Called exactly once; nothing else is called after it. */
  release(): void;
}

/** A regular file that is not open. */
export interface FileNode extends PinnedNode {
  readonly type: "regularFile";
  open(access: FileAccess): OpenFile;
  /** The contents as they are now, for ever; there only where that takes no copying. */
  frozen?(): FrozenBytes | undefined;
}

/** Bytes that never change. They can be copied out, and there is no way to write to them. */
export interface FrozenBytes {
  readonly bytes: number;
  /** Copies into `target` from `offset` on; fewer bytes than asked for at the end alone. */
  read(target: Uint8Array, offset: number): number;
}

/** A symbolic link. */
export interface SymlinkNode extends PinnedNode {
  readonly type: "symbolicLink";
  target(): string;
}

/** A device, a socket, a pipe: it can be looked at, not opened. */
export interface SpecialNode extends PinnedNode {
  readonly type: Exclude<FileType, "regularFile" | "symbolicLink" | "directory">;
}

/** A directory. */
export interface DirectoryNode extends PinnedNode {
  readonly type: "directory";
  /** Another hold on the same directory. */
  again(): DirectoryNode;
  /** What a name stands for, held until it is released; undefined where there is no such name. */
  lookup(name: string): FsNode | undefined;
  /** What `lookup(name)?.stat()` would tell, offered where that takes less than to hold the node. */
  statOf?(name: string): FileStat | undefined;
  /** Makes an empty file and opens it (EEXIST where the name is taken). */
  createFile(name: string, access: FileAccess): OpenFile;
  makeDirectory(name: string): void;
  makeSymlink(name: string, target: string): void;
  /** Gives the node at `fromName` in `from`, not a directory, a second name here. */
  link(name: string, from: DirectoryNode, fromName: string): void;
  /** Removes a name that is not a directory's (EISDIR). An open file lives on until it is closed. */
  unlink(name: string): void;
  removeDirectory(name: string): void;
  /** Moves `name` to `toName` in `to`, in the place of what is there, as rename(2) does. */
  rename(name: string, to: DirectoryNode, toName: string): void;
  /**
   * All names but `.` and `..`, in any order that stays the same while nothing changes. They are made as they are
   * asked for, because there may be more than anybody wants.
   */
  entries(): Iterable<DirectoryEntry> | AsyncIterable<DirectoryEntry>;
  /** Whether there is a name that is not among these: what a layer above asks before it removes the directory. */
  hasNameBeside(names: ReadonlySet<string>): boolean;
  sync(): void;
}

/** A name in a directory. */
export interface DirectoryEntry {
  readonly name: string;
  readonly type: FileType;
  /** The node's inode; 0 where the name has gone meanwhile. */
  inode(): bigint;
}

/** Any node. */
export type FsNode = FileNode | SymlinkNode | SpecialNode | DirectoryNode;

/** A file that is open. Offsets are whole numbers from 0 to `Number.MAX_SAFE_INTEGER`. */
export interface OpenFile {
  stat(): FileStat;
  setTimes(times: FileTimes): void;
  /** Reads into `target` from `offset`; fewer bytes than asked for at the end of the file alone. */
  read(target: Uint8Array, offset: number): number;
  /** Writes `bytes` at `offset`, filling a gap before it with zeros; a short count when space ran out. */
  write(bytes: Uint8Array, offset: number): number;
  setSize(bytes: number): void;
  /** Makes sure that `length` bytes at `offset` exist and have space; never shrinks the file. */
  allocate(offset: number, length: number): void;
  /** Waits until contents, or contents and attributes, are on the medium. */
  sync(what: "data" | "all"): void;
  close(): void;
}
