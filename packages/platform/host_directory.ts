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
 * Pipes, devices and sockets can be looked at, never opened. Calls block the thread. Times are read in whole
 * milliseconds and names that are not UTF-8 are left out, for want of better from the runtime.
 */

import fs from "node:fs";
import os from "node:os";
import { SkerryError } from "@skerry/base";
import {
  type DirectoryEntry,
  type DirectoryNode,
  ErrnoError,
  errnoOfHostCode,
  fail,
  type FileAccess,
  type FileNode,
  type FileStat,
  type FileSystem,
  type FileTimes,
  type FileType,
  type FsNode,
  type OpenFile,
} from "@skerry/wasi";

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
  try {
    top = fs.realpathSync(path);
    fs.readdirSync(top);
    walk = options.walk ?? (descriptorsWork(top) ? "descriptors" : "paths");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SkerryError("SKERRY_DIRECTORY_UNUSABLE", `cannot use the directory: ${why}`, {
      where: path,
      cause,
    });
  }
  const pinTop = (): Pin | undefined =>
    walk === "descriptors" ? DescriptorPin.at(top) : PathPin.at(top);
  return {
    readOnly,
    root: () => new HostDirectory(attempt(pinTop) ?? fail("ENOENT"), readOnly),
  };
}

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } =
  fs.constants;

/** Linux's O_PATH, the same on all its architectures that Deno runs on; Node's constants lack it. */
const O_PATH = 0o10000000;

const accessFlags = { read: O_RDONLY, write: O_WRONLY, readWrite: O_RDWR } as const;

/** One node of the host that stays the same one while it is pinned. */
interface Pin {
  /** A path to the node itself, good for one call: it ends in no link that leads elsewhere. */
  path(): string;
  stat(): fs.BigIntStats;
  /** Pins what a name in this directory stands for. */
  child(name: string): Pin | undefined;
  open(flags: number): number;
  setTimes(accessedS: number, modifiedS: number): void;
  again(): Pin;
  release(): void;
}

class DescriptorPin implements Pin {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  static at(path: string): DescriptorPin | undefined {
    return ifThere(() => new DescriptorPin(fs.openSync(path, O_PATH | O_NOFOLLOW)));
  }

  path(): string {
    return `/proc/self/fd/${this.#fd}`;
  }

  stat(): fs.BigIntStats {
    return fs.fstatSync(this.#fd, { bigint: true });
  }

  child(name: string): Pin | undefined {
    return DescriptorPin.at(`${this.path()}/${name}`);
  }

  open(flags: number): number {
    return fs.openSync(this.path(), flags | O_NONBLOCK);
  }

  setTimes(accessedS: number, modifiedS: number): void {
    fs.utimesSync(this.path(), accessedS, modifiedS);
  }

  again(): Pin {
    return new DescriptorPin(fs.openSync(this.path(), O_PATH));
  }

  release(): void {
    fs.closeSync(this.#fd);
  }
}

class PathPin implements Pin {
  readonly #path: string;
  readonly #device: bigint;
  readonly #inode: bigint;

  constructor(path: string, { dev, ino }: fs.BigIntStats) {
    this.#path = path;
    this.#device = dev;
    this.#inode = ino;
  }

  static at(path: string): PathPin | undefined {
    return ifThere(() => new PathPin(path, fs.lstatSync(path, { bigint: true })));
  }

  path(): string {
    this.stat();
    return this.#path;
  }

  stat(): fs.BigIntStats {
    const stat = fs.lstatSync(this.#path, { bigint: true });
    if (!this.#same(stat)) fail("ENOENT");
    if (stat.isDirectory() && fs.realpathSync(this.#path) !== this.#path) fail("ENOENT");
    return stat;
  }

  child(name: string): Pin | undefined {
    return PathPin.at(`${this.path()}/${name}`);
  }

  open(flags: number): number {
    const fd = fs.openSync(this.path(), flags | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
    if (this.#same(fs.fstatSync(fd, { bigint: true }))) return fd;
    fs.closeSync(fd);
    return fail("ENOENT");
  }

  setTimes(accessedS: number, modifiedS: number): void {
    fs.lutimesSync(this.path(), accessedS, modifiedS);
  }

  again(): Pin {
    return this;
  }

  release(): void {}

  #same({ dev, ino }: fs.BigIntStats): boolean {
    return dev === this.#device && ino === this.#inode;
  }
}

/** A node of any type but directory. */
class HostNode {
  readonly pin: Pin;
  readonly readOnly: boolean;

  constructor(pin: Pin, readOnly: boolean) {
    this.pin = pin;
    this.readOnly = readOnly;
  }

  stat(): FileStat {
    return attempt(() => fileStat(this.pin.stat()));
  }

  setTimes(times: FileTimes): void {
    this.checkWritable();
    attempt(() => this.pin.setTimes(...seconds(times, this.pin.stat())));
  }

  release(): void {
    this.pin.release();
  }

  checkWritable(): void {
    if (this.readOnly) fail("EROFS");
  }
}

class HostFile extends HostNode implements FileNode {
  readonly type = "regularFile";

  open(access: FileAccess): OpenFile {
    if (access !== "read") this.checkWritable();
    return attempt(() => new OpenHostFile(this.pin.open(accessFlags[access])));
  }
}

class HostSymlink extends HostNode {
  readonly type = "symbolicLink";
  readonly #target: string;

  constructor(pin: Pin, readOnly: boolean, target: string) {
    super(pin, readOnly);
    this.#target = target;
  }

  target(): string {
    return this.#target;
  }
}

class HostSpecial extends HostNode {
  readonly type: Exclude<FileType, "regularFile" | "symbolicLink" | "directory">;

  constructor(pin: Pin, readOnly: boolean, type: HostSpecial["type"]) {
    super(pin, readOnly);
    this.type = type;
  }
}

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

  entries(): DirectoryEntry[] {
    const entries = attempt(() => fs.readdirSync(this.pin.path(), { withFileTypes: true }));
    return entries.filter(({ name }) => !name.includes("\ufffd")).map((entry) => ({
      name: entry.name,
      type: typeOf(entry),
      inode: () => attempt(() => this.#inode(entry.name)),
    }));
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

  #node(pin: Pin, name: string): FsNode {
    const type = typeOf(pin.stat());
    switch (type) {
      case "directory":
        return new HostDirectory(pin, this.readOnly);
      case "regularFile":
        return new HostFile(pin, this.readOnly);
      case "symbolicLink":
        // Read by name: a link that took this one's place meanwhile is as good.
        return new HostSymlink(pin, this.readOnly, fs.readlinkSync(pathIn(this, name)));
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

class OpenHostFile implements OpenFile {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  stat(): FileStat {
    return attempt(() => fileStat(this.#stat()));
  }

  setTimes(times: FileTimes): void {
    attempt(() => fs.futimesSync(this.#fd, ...seconds(times, this.#stat())));
  }

  read(target: Uint8Array, offset: number): number {
    return attempt(() => {
      let done = 0;
      while (done < target.length) {
        const left = target.length - done;
        const count = fs.readSync(this.#fd, target, done, left, offset + done);
        if (count === 0) break;
        done += count;
      }
      return done;
    });
  }

  write(bytes: Uint8Array, offset: number): number {
    return attempt(() => fs.writeSync(this.#fd, bytes, 0, bytes.length, offset));
  }

  setSize(bytes: number): void {
    attempt(() => fs.ftruncateSync(this.#fd, bytes));
  }

  /** The runtime cannot reserve space: the file is as long as asked for, and its new part is a hole. */
  allocate(offset: number, length: number): void {
    if (this.stat().bytes < BigInt(offset + length)) this.setSize(offset + length);
  }

  sync(what: "data" | "all"): void {
    attempt(() => what === "data" ? fs.fdatasyncSync(this.#fd) : fs.fsyncSync(this.#fd));
  }

  close(): void {
    attempt(() => fs.closeSync(this.#fd));
  }

  #stat(): fs.BigIntStats {
    return fs.fstatSync(this.#fd, { bigint: true });
  }
}

/** The path of a name in a pinned directory, which must be one of ours (EXDEV). */
function pathIn(directory: DirectoryNode, name: string): string {
  return directory instanceof HostDirectory ? `${directory.pin.path()}/${name}` : fail("EXDEV");
}

/** Whether a directory can be pinned by descriptor and reached through it. */
function descriptorsWork(path: string): boolean {
  try {
    const pin = DescriptorPin.at(path);
    if (pin === undefined) return false;
    try {
      const through = fs.statSync(`${pin.path()}/.`, { bigint: true });
      const { dev, ino } = pin.stat();
      return through.dev === dev && through.ino === ino;
    } finally {
      pin.release();
    }
  } catch {
    return false;
  }
}

function typeOf(entry: fs.BigIntStats | fs.Dirent): FileType {
  if (entry.isFile()) return "regularFile";
  if (entry.isDirectory()) return "directory";
  if (entry.isSymbolicLink()) return "symbolicLink";
  if (entry.isBlockDevice()) return "blockDevice";
  if (entry.isCharacterDevice()) return "characterDevice";
  return entry.isSocket() ? "socketStream" : "unknown";
}

function fileStat(stat: fs.BigIntStats): FileStat {
  return {
    device: stat.dev,
    inode: stat.ino,
    type: typeOf(stat),
    links: stat.nlink,
    bytes: stat.size,
    accessedNs: stat.atimeNs,
    modifiedNs: stat.mtimeNs,
    changedNs: stat.ctimeNs,
  };
}

function seconds(times: FileTimes, now: fs.BigIntStats): [accessedS: number, modifiedS: number] {
  const { accessedNs = now.atimeNs, modifiedNs = now.mtimeNs } = times;
  return [Number(accessedNs) / 1e9, Number(modifiedNs) / 1e9];
}

const hostErrnoNames: ReadonlyMap<number, string> = new Map(
  Object.entries(os.constants.errno).map(([name, number]) => [number, name]),
);

/** What `find` answers, or undefined where the host says that there is no such name. */
function ifThere<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Does something with the host's files; its errors become the guest's. Mistakes of ours pass through. */
function attempt<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof ErrnoError || code === undefined || code.startsWith("ERR_")) throw error;
    throw new ErrnoError(errnoOfHostCode(code) ?? "EIO", String(error), error);
  }
}

/** The POSIX name of a host's error. Deno leaves out the code of some, but not the number. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof ErrnoError) return error.errno;
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error.name === "NotCapable") return "EACCES";
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  return number === undefined ? undefined : hostErrnoNames.get(Number(number));
}
