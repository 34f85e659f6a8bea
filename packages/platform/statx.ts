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
/** What the kernel says, until it is asked again: to make memory for it takes as long as to ask. */
const record = new DataView(new ArrayBuffer(recordBytes));
const recordMemory = new Uint8Array(record.buffer);

/**
 * Looks at a name in an open directory, or at the open node itself where the name is empty. Undefined where that
 * cannot be done: whoever asks the runtime for the same learns why.
 */
export function statx(calls: Libc, fd: number, path: string): HostStats | undefined {
  if (path.length * 3 > nameBytesMax || !setName(path)) return undefined;
  const flags = path === "" ? noFollow | emptyPath : noFollow;
  return calls.statx(fd, name, flags, basicStats, recordMemory) === 0 ? new Statx() : undefined;
}

/** The number of a device as `stat` has it: both of its numbers in one (makedev(3)). */
export function deviceOf(major: number, minor: number): bigint {
  device.setUint32(0, minor & 0xff | (major & 0xfff) << 8 | (minor & 0xfff00) << 12, true);
  device.setUint32(4, major & ~0xfff | minor >>> 20, true);
  return device.getBigUint64(0, true);
}

/** Where that is put together: each step of doing so with bigints would make another one. */
const device = new DataView(new ArrayBuffer(8));

/** Sets the name to look at, unless it holds a NUL. Most are short and in ASCII: to call the encoder would take longer. */
function setName(path: string): boolean {
  for (let index = 0; index < path.length; index += 1) {
    const unit = path.charCodeAt(index);
    if (unit === 0) return false;
    if (unit > 0x7f) return !path.includes("\0") && encodeName(path);
    name[index] = unit;
  }
  name[path.length] = 0;
  return true;
}

function encodeName(path: string): true {
  name[encoder.encodeInto(path, name).written] = 0;
  return true;
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

/** What a `struct statx` says, which is the same on every processor that Deno runs on: all of them count from the small end. */
class Statx implements HostStats {
  readonly dev = deviceOf(u32(136), u32(140));
  readonly ino = u64(32);
  readonly nlink = BigInt(u32(16));
  readonly size = u64(40);
  readonly atimeNs = timeNs(64);
  readonly ctimeNs = timeNs(96);
  readonly mtimeNs = timeNs(112);
  readonly #type = record.getUint16(28, true) & 0o170000;

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
    return this.#type === type;
  }
}

function timeNs(at: number): bigint {
  return record.getBigInt64(at, true) * 1_000_000_000n + BigInt(u32(at + 8));
}

function u32(at: number): number {
  return record.getUint32(at, true);
}

function u64(at: number): bigint {
  return record.getBigUint64(at, true);
}
