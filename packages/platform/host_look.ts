/** Looking at the host's nodes: what it tells of one, by its name or by its descriptor. */

import fs from "node:fs";
import type { HostStats } from "./host_stat.ts";
import { libc } from "./libc.ts";
import { statx } from "./statx.ts";

/**
 * Looks at a path, following no link. Deno's own function where there is one: its `node:fs` takes three times as long,
 * and tells no more.
 */
export function lstat(path: string): HostStats {
  return "Deno" in globalThis
    ? new DenoStats(Deno.lstatSync(path))
    : fs.lstatSync(path, { bigint: true });
}

/** Looks at a name in a directory that is open on Linux, following no link. */
export function lstatIn(directory: number, name: string): HostStats {
  const calls = libc();
  return (calls && statx(calls, directory, name)) ?? lstat(`/proc/self/fd/${directory}/${name}`);
}

/** Looks at an open node on Linux, a link too. */
export function statOfDescriptor(fd: number): HostStats {
  const calls = libc();
  const stat = calls && statx(calls, fd, "");
  if (stat !== undefined) return stat;
  // A link below /proc/self/fd leads to the very node, whatever it is (proc(5)).
  return "Deno" in globalThis
    ? new DenoStats(Deno.statSync(`/proc/self/fd/${fd}`))
    : fs.fstatSync(fd, { bigint: true });
}

/** What Deno tells, as `node:fs` would. */
class DenoStats implements HostStats {
  readonly #info: Deno.FileInfo;

  constructor(info: Deno.FileInfo) {
    this.#info = info;
  }

  get dev() {
    return BigInt(this.#info.dev);
  }

  get ino() {
    return BigInt(this.#info.ino ?? 0);
  }

  get nlink() {
    return BigInt(this.#info.nlink ?? 1);
  }

  get size() {
    return BigInt(this.#info.size);
  }

  get atimeNs() {
    return nanoseconds(this.#info.atime);
  }

  get mtimeNs() {
    return nanoseconds(this.#info.mtime);
  }

  get ctimeNs() {
    return nanoseconds(this.#info.ctime);
  }

  isFile() {
    return this.#info.isFile;
  }

  isDirectory() {
    return this.#info.isDirectory;
  }

  isSymbolicLink() {
    return this.#info.isSymlink;
  }

  isBlockDevice() {
    return this.#info.isBlockDevice === true;
  }

  isCharacterDevice() {
    return this.#info.isCharDevice === true;
  }

  isSocket() {
    return this.#info.isSocket === true;
  }
}

function nanoseconds(time: Date | null): bigint {
  return BigInt(time?.getTime() ?? 0) * 1_000_000n;
}
