/**
 * A directory of the host as a file system for guests.
 *
 * What always holds: every name is looked up in a directory that is pinned, never along a path, and the
 * kernel follows no symbolic link. On Linux a pin is a descriptor, and names are reached through
 * `/proc/self/fd`, as openat(2) would: a name that is swapped for a link between two calls cannot lead
 * outside. Where that cannot be had (other systems, no /proc, or Deno without `--allow-all`) a pin is a path
 * whose identity is checked before each use; somebody who swaps directories of the host in that instant can
 * then win the race, so hand out only directories that nobody but guests writes to.
 *
 * The directory at the top is the one that was there when it was handed out, whatever its path leads to later: a
 * guest that was also handed a directory above it can put a link in its way.
 *
 * Pipes, devices and sockets can be looked at, never opened. Calls block the thread, but for listings by
 * descriptor. Names that are
 * not UTF-8 are left out, for want of better from the runtime; times come in whole milliseconds where it is not Linux.
 */

import fs from "node:fs";
import { fail, SkerryError } from "@skerry/base";
import type {
  DirectoryEntry,
  DirectoryNode,
  FileAccess,
  FileStat,
  FileSystem,
  FsNode,
  OpenFile,
} from "@skerry/wasi";
import { attempt, ifThere } from "./host_errno.ts";
import { HostFile, HostNode, HostSpecial, HostSymlink } from "./host_nodes.ts";
import { DescriptorPin, descriptorsWork, PathPin, type Pin } from "./host_pin.ts";
import { entryType, fileStat, type HostEntry, typeOf } from "./host_stat.ts";
import { accessFlags, OpenHostFile } from "./open_host_file.ts";

/** How names are reached; `descriptors` only where {@link hostDirectory} finds that it works. */
export type HostWalk = "descriptors" | "paths";

/** What {@link hostDirectory} may be told. */
export interface HostDirectoryOptions {
  /** Whether every change is refused (EROFS). */
  readonly readOnly?: boolean;
  /** Left out: descriptors where they work, else paths. */
  readonly walk?: HostWalk;
}

/**
 * A directory of the host as a file system. Guests reach what is below it and nothing else.
 *
 * @throws SkerryError SKERRY_DIRECTORY_UNUSABLE where it is not a directory that can be read
 */
export function hostDirectory(path: string, options: HostDirectoryOptions = {}): FileSystem {
  const readOnly = options.readOnly === true;
  let top: string;
  let walk: HostWalk;
  let identity: fs.BigIntStats;
  try {
    top = fs.realpathSync(path);
    identity = fs.lstatSync(top, { bigint: true });
    fs.readdirSync(top);
    walk = options.walk ?? (descriptorsWork(top) ? "descriptors" : "paths");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SkerryError("SKERRY_DIRECTORY_UNUSABLE", `cannot use the directory: ${why}`, {
      where: path,
      cause,
    });
  }
  return {
    readOnly,
    root: () => attempt(() => new HostDirectory(pinTop(top, walk, identity), readOnly)),
  };
}

/** Pins the directory that was handed out; another one in its place is as good as none (ENOENT). */
function pinTop(top: string, walk: HostWalk, { dev, ino }: fs.BigIntStats): Pin {
  const pin = walk === "descriptors" ? DescriptorPin.at(top) : new PathPin(top, { dev, ino });
  if (pin === undefined) return fail("ENOENT");
  try {
    const found = pin.stat();
    if (found.dev === dev && found.ino === ino) return pin;
  } catch (error) {
    pin.release();
    throw error;
  }
  pin.release();
  return fail("ENOENT");
}

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY } = fs.constants;

class HostDirectory extends HostNode implements DirectoryNode {
  readonly type = "directory";

  again(): DirectoryNode {
    return attempt(() => new HostDirectory(this.pin.again(), this.readOnly));
  }

  lookup(name: string): FsNode | undefined {
    return attempt(() => {
      const pin = this.pin.child(name);
      if (pin === undefined) return undefined;
      try {
        return this.#node(pin, name);
      } catch (error) {
        pin.release();
        throw error;
      }
    });
  }

  statOf(name: string): FileStat | undefined {
    return attempt(() => {
      const stat = ifThere(() => this.pin.look(name));
      return stat && fileStat(stat);
    });
  }

  createFile(name: string, access: FileAccess): OpenFile {
    const flags = O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0) | accessFlags[access];
    return this.#change(name, (path) => new OpenHostFile(fs.openSync(path, flags, 0o666)));
  }

  makeDirectory(name: string): void {
    this.#change(name, (path) => fs.mkdirSync(path));
  }

  makeSymlink(name: string, target: string): void {
    this.#change(name, (path) => fs.symlinkSync(target, path));
  }

  link(name: string, from: DirectoryNode, fromName: string): void {
    this.#change(name, (path) => fs.linkSync(pathIn(from, fromName), path));
  }

  unlink(name: string): void {
    this.#change(name, (path) => {
      // Deno's unlink removes an empty directory, where POSIX refuses.
      if (fs.lstatSync(path).isDirectory()) fail("EISDIR");
      fs.unlinkSync(path);
    });
  }

  removeDirectory(name: string): void {
    this.#change(name, (path) => fs.rmdirSync(path));
  }

  rename(name: string, to: DirectoryNode, toName: string): void {
    this.#change(name, (path) => fs.renameSync(path, pathIn(to, toName)));
  }

  entries(): Iterable<DirectoryEntry> | AsyncIterable<DirectoryEntry> {
    const names = attempt(() => this.pin.names());
    return Symbol.asyncIterator in names ? this.#entriesLater(names) : this.#entriesNow(names);
  }

  hasNameBeside(names: ReadonlySet<string>): boolean {
    return attempt(() => {
      for (const { name } of Deno.readDirSync(this.pin.path())) if (!names.has(name)) return true;
      return false;
    });
  }

  sync(): void {
    attempt(() => {
      const fd = this.pin.open(O_RDONLY | (O_DIRECTORY ?? 0));
      try {
        fs.fsyncSync(fd);
      } finally {
        fs.closeSync(fd);
      }
    });
  }

  async *#entriesLater(names: AsyncIterable<HostEntry>): AsyncGenerator<DirectoryEntry> {
    try {
      for await (const entry of names) yield* this.#entriesNow([entry]);
    } catch (error) {
      attempt(() => {
        throw error;
      });
    }
  }

  *#entriesNow(names: Iterable<HostEntry>): Generator<DirectoryEntry> {
    for (const entry of names) {
      const { name } = entry;
      if (name.includes("\ufffd")) continue;
      yield { name, type: entryType(entry), inode: () => attempt(() => this.#inode(name)) };
    }
  }

  #node(pin: Pin, name: string): FsNode {
    const type = typeOf(pin.stat());
    switch (type) {
      case "directory":
        return new HostDirectory(pin, this.readOnly);
      case "regularFile":
        return new HostFile(pin, this.readOnly);
      case "symbolicLink":
        // Read by name: a link that took this one's place meanwhile is as good.
        return new HostSymlink(pin, this.readOnly, linkText(pathIn(this, name)));
      default:
        return new HostSpecial(pin, this.readOnly, type);
    }
  }

  #change<T>(name: string, change: (path: string) => T): T {
    this.checkWritable();
    return attempt(() => change(pathIn(this, name)));
  }

  #inode(name: string): bigint {
    return ifThere(() => fs.lstatSync(pathIn(this, name), { bigint: true }).ino) ?? 0n;
  }
}

/** The path of a name in a pinned directory, which must be one of ours (EXDEV). */
function pathIn(directory: DirectoryNode, name: string): string {
  return directory instanceof HostDirectory ? `${directory.pin.path()}/${name}` : fail("EXDEV");
}

/** What a link says; undefined where that is not UTF-8. */
function linkText(path: string): string | undefined {
  try {
    return fs.readlinkSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.InvalidData) return undefined;
    throw error;
  }
}
