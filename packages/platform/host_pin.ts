/**
 * Pins: nodes of the host that stay the same while they are held, however their names change meanwhile.
 *
 * A pinned node is reached by a descriptor, or by a path whose identity is checked before each use.
 */

import fs from "node:fs";
import { fail } from "@skerry/base";
import { ifThere } from "./host_errno.ts";
import { lstat, lstatIn, statOfDescriptor } from "./host_look.ts";
import type { HostStats } from "./host_stat.ts";
import type { HostEntry } from "./host_stat.ts";

const { O_NOFOLLOW, O_NONBLOCK } = fs.constants;

/** Linux's O_PATH, the same on all its architectures that Deno runs on; Node's constants lack it. */
const O_PATH = 0o10000000;

/** One node of the host that stays the same one while it is pinned. */
export interface Pin {
  /** A path to the node itself, good for one call: it ends in no link that leads elsewhere. */
  path(): string;
  stat(): HostStats;
  /** The names in this directory. */
  names(): Iterable<HostEntry> | AsyncIterable<HostEntry>;
  /** Looks at what a name in this directory stands for, without pinning it. Throws what the runtime throws. */
  look(name: string): HostStats;
  /** Pins what a name in this directory stands for. */
  child(name: string): Pin | undefined;
  open(flags: number): number;
  setTimes(accessedS: number, modifiedS: number): void;
  again(): Pin;
  release(): void;
}

export class DescriptorPin implements Pin {
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

  stat(): HostStats {
    return statOfDescriptor(this.#fd);
  }

  /** Read piece by piece off the thread: a directory can hold more names than a thread has time for. */
  async *names(): AsyncGenerator<HostEntry> {
    // Held for itself: the reading may outlast who asked for it.
    const held = this.again();
    try {
      yield* entriesLater(held.path());
    } finally {
      held.release();
    }
  }

  look(name: string): HostStats {
    return lstatIn(this.#fd, name);
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

export class PathPin implements Pin {
  readonly #path: string;
  readonly #device: bigint;
  readonly #inode: bigint;

  constructor(path: string, { dev, ino }: Pick<fs.BigIntStats, "dev" | "ino">) {
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

  /** Read at once: another guest could otherwise put something else in the path's place, once it is checked. */
  names(): Iterable<HostEntry> {
    return fs.readdirSync(this.path(), { withFileTypes: true });
  }

  look(name: string): HostStats {
    return lstat(`${this.path()}/${name}`);
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

/**
 * The entries of a directory as they are read. In Deno by its own function: its `node:fs` does not close a directory
 * whose reading was given up.
 */
function entriesLater(path: string): AsyncIterable<HostEntry> {
  return "Deno" in globalThis ? Deno.readDir(path) : fs.opendirSync(path);
}

/** Whether a directory can be pinned by descriptor and reached through it. */
export function descriptorsWork(path: string): boolean {
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
