/** Looking at nodes by statx(2), relative to an open directory: on Linux, where the C library is to be had. */

import type { HostStats } from "./host_stat.ts";
import type { Libc } from "./libc.ts";

/** `AT_*` and `STATX_*` of <linux/fcntl.h> and <linux/stat.h>: no link is followed, no name means the node itself. */
const [noFollow, emptyPath] = [0x100, 0x1000];
const basicStats = 0x7ff;

const recordBytes = 256;
const nameBytesMax = 4096;

const encoder = new TextEncoder();
const name = new Uint8Array(nameBytesMax + 1);

/**
 * Looks at a name in an open directory, or at the open node itself where the name is empty. Undefined where that
 * cannot be done: whoever asks the runtime for the same learns why.
 */
export function statx(calls: Libc, fd: number, path: string): HostStats | undefined {
  if (path.length * 3 > nameBytesMax || path.includes("\0")) return undefined;
  name[encoder.encodeInto(path, name).written] = 0;
  const record = new DataView(new ArrayBuffer(recordBytes));
  const flags = path === "" ? noFollow | emptyPath : noFollow;
  const bytes = new Uint8Array(record.buffer);
  return calls.statx(fd, name, flags, basicStats, bytes) === 0 ? new Statx(record) : undefined;
}

/** `S_IF*` of inode(7). */
const fileTypes = {
  socket: 0o140000,
  link: 0o120000,
  regular: 0o100000,
  block: 0o060000,
  directory: 0o040000,
  character: 0o020000,
} as const;

/** A `struct statx`, the same on every processor that Deno runs on: all of them count from the small end. */
class Statx implements HostStats {
  readonly #record: DataView<ArrayBuffer>;

  constructor(record: DataView<ArrayBuffer>) {
    this.#record = record;
  }

  /** As `stat` has it: both numbers in one (makedev(3)). */
  get dev() {
    const major = BigInt(this.#u32(136));
    const minor = BigInt(this.#u32(140));
    return (major & ~0xfffn) << 32n | (major & 0xfffn) << 8n | (minor & ~0xffn) << 12n |
      (minor & 0xffn);
  }

  get ino() {
    return this.#u64(32);
  }

  get nlink() {
    return BigInt(this.#u32(16));
  }

  get size() {
    return this.#u64(40);
  }

  get atimeNs() {
    return this.#timeNs(64);
  }

  get ctimeNs() {
    return this.#timeNs(96);
  }

  get mtimeNs() {
    return this.#timeNs(112);
  }

  isFile() {
    return this.#is(fileTypes.regular);
  }

  isDirectory() {
    return this.#is(fileTypes.directory);
  }

  isSymbolicLink() {
    return this.#is(fileTypes.link);
  }

  isBlockDevice() {
    return this.#is(fileTypes.block);
  }

  isCharacterDevice() {
    return this.#is(fileTypes.character);
  }

  isSocket() {
    return this.#is(fileTypes.socket);
  }

  #is(type: number): boolean {
    return (this.#record.getUint16(28, true) & 0o170000) === type;
  }

  #timeNs(at: number): bigint {
    return this.#record.getBigInt64(at, true) * 1_000_000_000n + BigInt(this.#u32(at + 8));
  }

  #u32(at: number): number {
    return this.#record.getUint32(at, true);
  }

  #u64(at: number): bigint {
    return this.#record.getBigUint64(at, true);
  }
}
