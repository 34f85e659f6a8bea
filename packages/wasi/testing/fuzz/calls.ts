/** Random calls: most arguments make sense, some are as wild as they come. */

import { allRights, directoryRights, rights } from "../../rights.ts";
import { declared, type FunctionName, functionNames } from "../functions/interface.ts";
import type { TestGuest } from "../guest.ts";
import type { Model } from "./model.ts";
import type { Modelled } from "./model_state.ts";
import type { ModelNode } from "./model_tree.ts";
import type { Random } from "./random.ts";

/** A call with its arguments. */
export interface Call {
  readonly name: Modelled;
  readonly args: readonly (number | bigint)[];
}

const modelled = functionNames.filter((name): name is Modelled => !/^(proc|sock)_/.test(name));

/** How often a function is called, beside 4 for all others. */
const weights: Partial<Record<FunctionName, number>> = {
  ...{ path_open: 36, path_create_directory: 8, path_symlink: 8, path_rename: 14, path_link: 10 },
  ...{ fd_write: 10, fd_read: 8, fd_readdir: 8, fd_close: 5, path_filestat_get: 10 },
  ...{ args_get: 1, environ_get: 1, args_sizes_get: 1, environ_sizes_get: 1, random_get: 1 },
  ...{ clock_res_get: 1, clock_time_get: 1, sched_yield: 1, fd_sync: 1, fd_datasync: 1 },
  ...{ fd_fdstat_set_rights: 1, fd_renumber: 2, fd_advise: 1, fd_prestat_get: 1 },
};

const bag = modelled.flatMap((name) => Array.from({ length: weights[name] ?? 4 }, () => name));

const names = ["a", "b", "c", "a", "b", "d", "é", "x".repeat(255)] as const;

const hostile: readonly (string | Uint8Array)[] = [
  ...[
    "",
    "/",
    "/etc/passwd",
    "..",
    "../..",
    "../outside/secret",
    "a/../..",
    "./..",
    ".../a",
    "a//b",
  ],
  ...[
    "a/.",
    "a/..",
    "b/../a",
    "./",
    "a\0",
    "\0",
    "x".repeat(256),
    "é".repeat(128),
    "a/".repeat(2100),
  ],
  ...[
    "/proc/self/root",
    "/dev/null",
    "..\\..\\a",
    "%2e%2e/a",
    "\u2025/a",
    "A",
    "e\u0301",
    " ",
    ".",
  ],
  ...["../".repeat(40) + "etc/passwd", "a/".repeat(30), "c:\\a", "~", "*", "-", "a/./././b"],
  ...[[0xff], [0xc0, 0xae, 0x2f], [0xed, 0xa0, 0x80], [0x61, 0xc3], [0xf4, 0x90, 0x80, 0x80]].map(
    (bytes) => Uint8Array.from(bytes),
  ),
];

/** Of a guest whose memory ends at 64 KiB. */
const wildPointers = [0, 1, 65536, 65535, 65532, 65536 - 64, -1, -4, -8, -65536, 0x7fffffff];
const wildCounts = [-1, 65536, 65537, 0x7fffffff, -65536, 1025, 1 << 29, 4097];
const wildNumbers = [-1, 2, 3, 6, 16, 32, 255, 256, 65536, 0x7fffffff, -2147483648];

/** Makes calls for one guest. */
export class Calls {
  readonly #random: Random;
  readonly #guest: TestGuest;
  readonly #model: Model;
  readonly #offsets: readonly bigint[];
  /** The directory that was picked last. */
  #near: ModelNode | undefined;

  /** @param offsets large places in files that are worth a try */
  constructor(random: Random, guest: TestGuest, model: Model, offsets: readonly bigint[]) {
    [this.#random, this.#guest, this.#model] = [random, guest, model];
    this.#offsets = offsets;
  }

  /** The next call. What it points at is put into the guest's memory. */
  next(): Call {
    const name = this.#random.pick(bag);
    if (name === "poll_oneoff") return { name, args: this.#poll() };
    const args: (number | bigint)[] = [];
    for (const [index, parameter] of declared[name].takes.entries()) {
      if (typeof parameter === "object") args.push(this.#pointer(parameter.result));
      else args.push(...this.#one(name, index, parameter, args[0]));
    }
    return { name, args };
  }

  #one(
    name: FunctionName,
    index: number,
    parameter: string,
    first: number | bigint | undefined,
  ): (number | bigint)[] {
    switch (parameter) {
      case "descriptor":
        if (/close|renumber|rights/.test(name)) return [this.#expendable()];
        return [
          this.#descriptor(/read|write|seek|tell|size|alloc|sync/.test(name) ? "file" : "any"),
        ];
      case "directory":
        // Two names in one directory can do more with each other.
        if (index > 1 && typeof first === "number" && !this.#random.oneIn(3)) return [first];
        return [this.#descriptor("directory")];
      case "path":
      case "text":
        return this.#path();
      case "buffer":
        return this.#buffer();
      case "buffers":
        return this.#buffers();
      default:
        return [this.#value(name, index)];
    }
  }

  #wild(): boolean {
    return this.#random.oneIn(30);
  }

  #descriptor(kind: string): number {
    if (this.#wild()) return this.#random.pick([...wildNumbers, 0, 1, 2, 9]);
    const open = [...this.#model.descriptors].filter(([, one]) =>
      kind === "any" || one.kind === kind
    );
    if (open.length === 0 || this.#random.oneIn(30)) return this.#random.below(14);
    let [fd, descriptor] = this.#random.pick(open);
    // What is read-only refuses most: half as often as the others.
    if (fd === 4 && this.#random.oneIn(2)) [fd, descriptor] = this.#random.pick(open);
    if (descriptor.kind === "directory") this.#near = descriptor.node;
    return fd;
  }

  /** Of what a guest begins with, little is lost in one life. */
  #expendable(): number {
    const fd = this.#descriptor("any");
    return fd >= 0 && fd < 6 && !this.#random.oneIn(20) ? this.#descriptor("file") : fd;
  }

  #pointer(bytes: number): number {
    return this.#wild() ? this.#random.pick(wildPointers) : this.#guest.room(bytes);
  }

  #path(): (number | bigint)[] {
    const text = this.#random.oneIn(12) ? this.#random.pick(hostile) : this.#tamePath();
    const [pointer, length] = this.#guest.put(text);
    if (!this.#wild()) return [pointer, length];
    return this.#random.oneIn(2)
      ? [this.#random.pick(wildPointers), length]
      : [pointer, this.#random.pick(wildCounts)];
  }

  /** A path of few names, of which most may exist. */
  #tamePath(): string {
    let here: ModelNode | undefined = this.#near;
    const parts: string[] = [];
    for (let left = this.#random.pick([1, 1, 1, 2, 2, 3]); left > 0; left -= 1) {
      const known: string[] = here?.kind === "directory" ? [...here.entries.keys()] : [];
      const name = known.length === 0 || this.#random.oneIn(3)
        ? this.#random.pick(names)
        : this.#random.pick(known);
      parts.push(name);
      here = here?.kind === "directory" ? here.entries.get(name) : undefined;
      if (here?.kind !== "directory" && here?.kind !== "link" && !this.#random.oneIn(8)) break;
    }
    const dots = this.#random.oneIn(12) ? [this.#random.pick([".", "..", ""])] : [];
    return [...parts.slice(0, 1), ...dots, ...parts.slice(1)].join("/") +
      (this.#random.oneIn(15) ? "/" : "");
  }

  #buffer(): [number, number] {
    const bytes = this.#random.pick([0, 1, 5, 24, 25, 50, 300]);
    const pointer = this.#guest.room(bytes);
    if (!this.#wild()) return [pointer, bytes];
    return this.#random.oneIn(2)
      ? [this.#random.pick(wildPointers), bytes]
      : [pointer, this.#random.pick(wildCounts)];
  }

  #buffers(): [number, number] {
    const count = this.#random.pick([0, 1, 1, 1, 2, 3, 5]);
    const table = this.#guest.room(count * 8);
    for (let index = 0; index < count; index += 1) {
      const [pointer, bytes] = this.#buffer();
      this.#guest.memory.writeU32(table + index * 8, pointer);
      this.#guest.memory.writeU32(table + index * 8 + 4, bytes);
      if (pointer >= 0 && bytes >= 0 && bytes <= 300 && pointer < 60_000) {
        const fill = this.#random.below(256);
        this.#guest.memory.write(pointer, new Uint8Array(bytes).map((_, at) => fill + at));
      }
    }
    if (!this.#wild()) return [table, count];
    return this.#random.oneIn(2)
      ? [this.#random.pick(wildPointers), Math.max(1, count)]
      : [table, this.#random.pick(wildCounts)];
  }

  /** Subscriptions of all kinds, and room for their events. */
  #poll(): number[] {
    const { memory } = this.#guest;
    const count = this.#random.pick([1, 1, 2, 3, 5]);
    const table = this.#guest.room(count * 48);
    for (let index = 0; index < count; index += 1) {
      const at = table + index * 48;
      const type = this.#wild() ? this.#random.below(256) : this.#random.below(3);
      memory.writeU64(at, BigInt(this.#random.below(1000)));
      memory.writeU8(at + 8, type);
      memory.writeU32(at + 16, type === 0 ? this.#random.below(2) : this.#descriptor("any"));
      memory.writeU64(at + 24, this.#random.pick([0n, 1n, 1_000_000n, 5_000_000_000n, 2n ** 53n]));
      memory.writeU16(at + 40, this.#wild() ? 2 : this.#random.below(2));
    }
    const wilder = this.#wild();
    const subscriptions = wilder ? this.#random.pick(wildPointers) : table;
    const asked = this.#wild() ? this.#random.pick([0, ...wildCounts]) : count;
    return [subscriptions, this.#pointer(count * 32), asked, this.#pointer(4)];
  }

  /** A number that means what the function's parameter of this index means. */
  #value(name: FunctionName, index: number): number | bigint {
    const random = this.#random;
    const wild = this.#wild();
    switch (`${name} ${index}`) {
      case "clock_res_get 0":
      case "clock_time_get 0":
        return wild ? random.pick(wildNumbers) : random.below(3);
      case "clock_time_get 1":
        return this.#u64();
      case "fd_advise 3":
        return wild ? random.pick(wildNumbers) : random.below(7);
      case "fd_fdstat_set_flags 1":
        return wild ? random.pick(wildNumbers) : random.pick([0, 1, 4, 5]);
      case "fd_filestat_set_times 3":
      case "path_filestat_set_times 5":
        return wild ? random.pick(wildNumbers) : random.below(16);
      case "fd_seek 1":
        return random.oneIn(2) ? BigInt(random.below(400)) - 100n : BigInt.asIntN(64, this.#u64());
      case "fd_seek 2":
        return wild ? random.pick(wildNumbers) : random.below(3);
      case "fd_readdir 2":
        return random.oneIn(2) ? 0n : random.oneIn(9) ? this.#u64() : BigInt(random.below(9));
      case "path_filestat_get 1":
      case "path_filestat_set_times 1":
      case "path_open 1":
        return wild ? random.pick(wildNumbers) : random.below(2);
      case "path_link 1":
        return random.oneIn(20) ? random.pick(wildNumbers) : 0;
      case "path_open 3":
        return wild ? random.pick(wildNumbers) : random.pick([0, 0, 1, 1, 1, 1, 2, 5, 9]);
      case "path_open 6":
        // Every write that is to reach the disk at once takes its time.
        return wild ? random.pick(wildNumbers) : random.pick([0, 0, 0, 1, 4, 5]);
      case "fd_fdstat_set_rights 1":
      case "fd_fdstat_set_rights 2":
        return this.#rights() & ~BigInt(random.below(1 << 30) & random.below(1 << 30));
      case "path_open 4":
      case "path_open 5":
        return this.#rights();
      default:
        return this.#u64();
    }
  }

  #rights(): bigint {
    const { fdRead, fdWrite, fdSeek, fdTell } = rights;
    return BigInt(this.#random.pick([
      ...[
        allRights,
        allRights,
        allRights,
        allRights & ~fdWrite,
        allRights & ~fdWrite,
        directoryRights,
      ],
      ...[fdRead | fdSeek, fdWrite | fdTell, 0, this.#random.below(1 << 30)],
    ])) | (this.#wild() ? -1n << 30n : 0n);
  }

  #u64(): bigint {
    const random = this.#random;
    if (random.oneIn(2)) return BigInt(random.below(600));
    return random.oneIn(3)
      ? random.pick(this.#offsets)
      : BigInt(random.pick([4095, 4096, 8191, 70_000]));
  }
}
