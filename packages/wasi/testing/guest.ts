/**
 * A guest for tests: it makes WASI calls as compiled code would, through a memory of its own.
 *
 * Tests of files speak to {@link TestGuest}'s methods, which are named after the POSIX calls, so that they
 * alone know how preview 1 lays things out.
 */

import assert from "node:assert/strict";
import {
  type ByteSink,
  type Clock,
  decodeUtf8,
  encodeUtf8,
  ErrnoError,
  type ErrnoName,
  errnoNames,
  type RandomSource,
} from "@skerry/base";
import { type Guest, GuestMemory } from "@skerry/sandbox";
import { createWasiContext, type WasiContext, type WasiContextOptions } from "../context.ts";
import type { FileSystem } from "../file_system.ts";
import { fileTypes } from "../file_type.ts";
import { fdflags, fstflags, oflags, recordBytes } from "../layout.ts";
import { wasiPreview1 } from "../preview1.ts";
import { directoryRights, fileRights } from "../rights.ts";

/** A clock that moves only when it is slept on, and then exactly as far. */
export class TestClock implements Clock {
  readonly resolutionNs = 1000n;
  nowNs = 1_700_000_000_000_000_000n;
  readonly sleeps: number[] = [];

  wallNs(): bigint {
    return this.nowNs;
  }

  monotonicNs(): bigint {
    return this.nowNs - 1_600_000_000_000_000_000n;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    await Promise.resolve();
    if (!signal.aborted) this.nowNs += BigInt(ms) * 1_000_000n;
  }
}

/** Random bytes that count up. */
export const countingRandom: RandomSource = {
  fill: (bytes) => void bytes.forEach((_, index) => bytes[index] = index & 255),
};

/** A sink that keeps what it is given. */
export class MemorySink implements ByteSink {
  readonly pieces: Uint8Array[] = [];

  write(bytes: Uint8Array): void | Promise<void> {
    this.pieces.push(bytes.slice());
  }

  get text(): string {
    return this.pieces.map(decodeUtf8).join("");
  }
}

/** The guest said this to `proc_exit`. */
export class TestExit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** What `stat` tells. */
export interface TestStat {
  readonly device: bigint;
  readonly inode: bigint;
  readonly type: number;
  readonly links: bigint;
  readonly bytes: bigint;
  readonly accessedNs: bigint;
  readonly modifiedNs: bigint;
}

/** How {@link TestGuest.open} opens; what is left out is read and write without flags. */
export interface OpenOptions {
  readonly at?: number;
  readonly flags?: readonly (keyof typeof oflags)[];
  readonly fdflags?: readonly (keyof typeof fdflags)[];
  readonly links?: "follow" | "keep";
  readonly rights?: number;
  readonly inheriting?: number;
}

/** Rights to everything that a directory and what is below it can do. */
export const directoryInheriting = directoryRights | fileRights;

/** The first preopen's descriptor. */
export const top = 3;

/** A guest that makes calls. */
export class TestGuest {
  readonly context: WasiContext;
  readonly memory: GuestMemory;
  readonly controller = new AbortController();
  /** What the guest is told when it works for long: nothing, unless a test says otherwise. */
  turn: () => Promise<void> | undefined = () => undefined;
  readonly #guest: Guest<WasiContext>;
  readonly #functions: typeof wasiPreview1.functions;
  #free = 0;

  constructor(context: WasiContext, memoryPages = 16, { functions } = wasiPreview1) {
    this.context = context;
    this.#functions = functions;
    this.memory = new GuestMemory(new WebAssembly.Memory({ initial: memoryPages }));
    this.#guest = {
      state: context,
      memory: this.memory,
      signal: this.controller.signal,
      exit: (code) => {
        throw new TestExit(code);
      },
      turn: () => this.turn(),
      yield: () => Promise.reject(new Error("nobody steps this guest")),
    };
  }

  /** Makes a call; the answer of one that may wait can be a promise. */
  raw(name: string, ...args: readonly (number | bigint)[]): number | Promise<number> {
    const declared = this.#functions[name];
    assert.ok(declared, name);
    assert.equal(args.length, declared.params.length, `arguments of ${name}`);
    const call = declared.call as (guest: Guest<WasiContext>, ...args: unknown[]) => unknown;
    const answer = call(this.#guest, ...args);
    return answer instanceof Promise ? answer.then(Number) : Number(answer);
  }

  /** Makes a call that answers at once, and gives its error's name. */
  errno(name: string, ...args: readonly (number | bigint)[]): ErrnoName {
    const answer = this.raw(name, ...args);
    assert.equal(typeof answer, "number", `${name} answers at once`);
    return nameOf(Number(answer));
  }

  /** Makes a call that may wait, and gives its error's name. */
  async wait(name: string, ...args: readonly (number | bigint)[]): Promise<ErrnoName> {
    return nameOf(await this.raw(name, ...args));
  }

  /** Makes a call that must succeed, else throws an ErrnoError. */
  do(name: string, ...args: readonly (number | bigint)[]): void {
    succeeded(name, this.errno(name, ...args));
  }

  /** As {@link do}, of a call that may wait. */
  async doLater(name: string, ...args: readonly (number | bigint)[]): Promise<void> {
    succeeded(name, await this.wait(name, ...args));
  }

  /** Room in guest memory. The last 64 KiB wrap around, so that a long test does not run out. */
  room(bytes: number): number {
    if (this.#free + bytes > this.memory.byteLength) this.#free = 0;
    const at = this.#free;
    this.#free += (bytes + 7) & ~7;
    return at;
  }

  /** Text or bytes in guest memory: pointer and length. */
  put(content: string | Uint8Array): [pointer: number, length: number] {
    const bytes = typeof content === "string" ? encodeUtf8(content) : content;
    const at = this.room(bytes.length);
    this.memory.write(at, bytes);
    return [at, bytes.length];
  }

  /** An iovec array of buffers with these lengths: pointer, count, and where each buffer is. */
  buffers(...lengths: number[]): { pointer: number; count: number; at: number[] } {
    const pointer = this.room(lengths.length * recordBytes.iovec);
    const at = lengths.map((length, index) => {
      const buffer = this.room(length);
      this.memory.writeU32(pointer + index * 8, buffer);
      this.memory.writeU32(pointer + index * 8 + 4, length);
      return buffer;
    });
    return { pointer, count: lengths.length, at };
  }

  open(path: string, options: OpenOptions = {}): number {
    const result = this.room(4);
    const writable = fileRights | directoryRights;
    const base = options.rights ??
      (options.flags?.includes("directory") ? directoryRights : writable);
    this.do(
      "path_open",
      options.at ?? top,
      options.links === "keep" ? 0 : 1,
      ...this.put(path),
      (options.flags ?? []).reduce((all, flag) => all | oflags[flag], 0),
      BigInt(base),
      BigInt(options.inheriting ?? directoryInheriting),
      (options.fdflags ?? []).reduce((all, flag) => all | fdflags[flag], 0),
      result,
    );
    return this.memory.readU32(result);
  }

  close(fd: number): void {
    this.do("fd_close", fd);
  }

  read(fd: number, bytes: number): Uint8Array {
    const { pointer, at: [buffer = 0] } = this.buffers(bytes);
    const result = this.room(4);
    this.do("fd_read", fd, pointer, 1, result);
    return this.memory.copy(buffer, this.memory.readU32(result));
  }

  write(fd: number, content: string | Uint8Array): number {
    const [buffer, length] = this.put(content);
    const iovec = this.room(8);
    this.memory.writeU32(iovec, buffer);
    this.memory.writeU32(iovec + 4, length);
    const result = this.room(4);
    this.do("fd_write", fd, iovec, 1, result);
    return this.memory.readU32(result);
  }

  seek(fd: number, delta: number, whence: "set" | "cur" | "end"): number {
    const result = this.room(8);
    this.do("fd_seek", fd, BigInt(delta), ["set", "cur", "end"].indexOf(whence), result);
    return Number(this.memory.readU64(result));
  }

  writeFile(path: string, content: string | Uint8Array, at = top): void {
    const fd = this.open(path, { at, flags: ["creat", "trunc"], rights: fileRights });
    try {
      this.write(fd, content);
    } finally {
      this.close(fd);
    }
  }

  readFile(path: string, at = top): string {
    const fd = this.open(path, { at, rights: fileRights & ~(1 << 6) });
    try {
      let text = "";
      for (let bytes = this.read(fd, 4096); bytes.length > 0; bytes = this.read(fd, 4096)) {
        text += decodeUtf8(bytes);
      }
      return text;
    } finally {
      this.close(fd);
    }
  }

  mkdir(path: string, at = top): void {
    this.do("path_create_directory", at, ...this.put(path));
  }

  rmdir(path: string, at = top): void {
    this.do("path_remove_directory", at, ...this.put(path));
  }

  unlink(path: string, at = top): void {
    this.do("path_unlink_file", at, ...this.put(path));
  }

  symlink(target: string, path: string, at = top): void {
    this.do("path_symlink", ...this.put(target), at, ...this.put(path));
  }

  readlink(path: string, bytesMax = 4096): string {
    const buffer = this.room(bytesMax);
    const result = this.room(4);
    this.do("path_readlink", top, ...this.put(path), buffer, bytesMax, result);
    return decodeUtf8(this.memory.copy(buffer, this.memory.readU32(result)));
  }

  link(from: string, to: string): void {
    this.do("path_link", top, 0, ...this.put(from), top, ...this.put(to));
  }

  rename(from: string, to: string, fromAt = top, toAt = top): void {
    this.do("path_rename", fromAt, ...this.put(from), toAt, ...this.put(to));
  }

  stat(path: string, links: "follow" | "keep" = "follow", at = top): TestStat {
    const result = this.room(recordBytes.filestat);
    this.do("path_filestat_get", at, links === "follow" ? 1 : 0, ...this.put(path), result);
    return this.#readStat(result);
  }

  fstat(fd: number): TestStat {
    const result = this.room(recordBytes.filestat);
    this.do("fd_filestat_get", fd, result);
    return this.#readStat(result);
  }

  utimes(path: string, accessedNs: bigint, modifiedNs: bigint, links: "follow" | "keep"): void {
    const follow = links === "follow" ? 1 : 0;
    const both = fstflags.atim | fstflags.mtim;
    const at = this.put(path);
    this.do("path_filestat_set_times", top, follow, ...at, accessedNs, modifiedNs, both);
  }

  /** Names in a directory with their types, `.` and `..` left out, sorted; read with a buffer of this size. */
  async list(path: string, bufferBytes = 4096): Promise<string[]> {
    const fd = this.open(path, { flags: ["directory"] });
    const names: string[] = [];
    try {
      for (let cookie = 0n;; cookie = BigInt(names.length)) {
        const { entries, end } = await this.readdir(fd, cookie, bufferBytes);
        names.push(...entries.map(({ name, type }) => `${name}:${type}`));
        if (end) break;
      }
    } finally {
      this.close(fd);
    }
    return names.filter((name) => !/^\.{1,2}:/.test(name)).sort();
  }

  /** One call of fd_readdir: the entries that it gave whole. */
  async readdir(fd: number, cookie: bigint, bufferBytes: number): Promise<{
    entries: { name: string; type: string; inode: bigint; next: bigint }[];
    end: boolean;
  }> {
    const buffer = this.room(bufferBytes);
    const result = this.room(4);
    await this.doLater("fd_readdir", fd, buffer, bufferBytes, cookie, result);
    const used = this.memory.readU32(result);
    const entries = [];
    for (let at = buffer; at + recordBytes.dirent <= buffer + used;) {
      const nameAt = at + recordBytes.dirent;
      const nameBytes = this.memory.readU32(at + 16);
      if (nameAt + nameBytes > buffer + used) break;
      entries.push({
        name: decodeUtf8(this.memory.copy(nameAt, nameBytes)),
        type: typeName(this.memory.readU8(at + 20)),
        inode: this.memory.readU64(at + 8),
        next: this.memory.readU64(at),
      });
      at = nameAt + nameBytes;
    }
    return { entries, end: used < bufferBytes };
  }

  #readStat(at: number): TestStat {
    return {
      device: this.memory.readU64(at),
      inode: this.memory.readU64(at + 8),
      type: this.memory.readU8(at + 16),
      links: this.memory.readU64(at + 24),
      bytes: this.memory.readU64(at + 32),
      accessedNs: this.memory.readU64(at + 40),
      modifiedNs: this.memory.readU64(at + 48),
    };
  }
}

/** A guest whose context has what tests usually need. */
export function testGuest(options: Partial<WasiContextOptions> = {}): TestGuest {
  return new TestGuest(
    createWasiContext({ clock: new TestClock(), random: countingRandom, ...options }),
  );
}

/** A guest that has one file system as its first preopen. */
export function guestOf(fileSystem: FileSystem, options: Partial<WasiContextOptions> = {}) {
  return testGuest({ preopens: [{ guestPath: "/data", fileSystem }], ...options });
}

/** The error that an action fails with, by name; "ok" where it does not fail. */
export function failure(act: () => unknown): ErrnoName | "ok" {
  try {
    act();
    return "ok";
  } catch (error) {
    if (error instanceof ErrnoError) return error.errno;
    throw error;
  }
}

/** As {@link failure}, of an action that may wait. */
export async function failureLater(act: () => Promise<unknown>): Promise<ErrnoName | "ok"> {
  try {
    await act();
    return "ok";
  } catch (error) {
    return failure(() => {
      throw error;
    });
  }
}

/** The name of a `$filetype`. */
export function typeName(type: number): string {
  return Object.keys(fileTypes)[type] ?? `type ${type}`;
}

function succeeded(name: string, errno: ErrnoName): void {
  if (errno !== "ESUCCESS") throw new ErrnoError(errno, `${name}: ${errno}`);
}

function nameOf(errno: number): ErrnoName {
  const name = errnoNames[errno];
  assert.ok(name, `errno ${errno}`);
  return name;
}
