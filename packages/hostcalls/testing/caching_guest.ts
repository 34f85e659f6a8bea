/** A guest that caches, as a C program would; and what is behind it. */

import { decodeUtf8, errnoNames } from "@skerry/base";
import { Fragments, type KeptSet, Purges, S3Fifo, SharedStore } from "@skerry/cache";
import { systemClock, systemRandom } from "@skerry/platform";
import { bind } from "@skerry/sandbox";
import { createWasiContext, type WasiContext, wasiPreview1 } from "@skerry/wasi";
import { CacheAccess, type LookResult } from "../cache_access.ts";
import { cacheInterface } from "../cache_interface.ts";
import { none, type Slice, TestGuest } from "./guest.ts";

/** A cache of its own. */
export function newFragments(): Fragments {
  const store = new SharedStore<KeptSet>({
    bytesMax: 100_000_000,
    valueBytesMax: 100_000_000,
    weightOf: () => 1,
    newPolicy: () => new S3Fifo<KeptSet>(),
  });
  return new Fragments({ store, purges: new Purges(1000), clock: systemClock });
}

/** What a guest says of a fragment; times in milliseconds. */
export interface Said {
  readonly ttl?: bigint;
  readonly swr?: bigint;
  readonly age?: bigint;
  readonly length?: bigint;
  readonly keys?: string;
  readonly metadata?: string;
  readonly vary?: string;
  readonly fields?: string;
}

export class CachingGuest extends TestGuest {
  readonly context: WasiContext;
  /** What became of each look. */
  readonly looks: LookResult[];
  readonly found = this.room(40)[0];
  readonly #result = this.room(8)[0];
  readonly #metadata = this.room(64);

  constructor(
    fragments: Fragments,
    service = "s",
    descriptorsMax = 64,
    isGone: () => boolean = () => false,
  ) {
    const limits = { descriptorsMax };
    const context = createWasiContext({ clock: systemClock, random: systemRandom, limits });
    const looks: LookResult[] = [];
    const onLook = (result: LookResult) => void looks.push(result);
    const owner = { tenant: "t", service };
    const access = new CacheAccess({ fragments, owner, context, onLook, isGone });
    super(bind(cacheInterface, access), bind(wasiPreview1, context));
    this.context = context;
    this.looks = looks;
  }

  async errno(name: string, ...args: (number | bigint | Slice)[]): Promise<string> {
    return errnoNames[await this.call(name, ...args)] ?? "unknown";
  }

  /** `struct skerry_cache_write`. */
  options(said: Said = {}): number {
    const { memory } = this;
    const [at] = this.room(64);
    const { ttl = 60_000n, swr = 0n, age = 0n, length = 0n } = said;
    for (const [index, value] of [ttl, swr, age, length].entries()) {
      memory.writeU64(at + 8 * index, value);
    }
    const texts = [said.keys, said.metadata, said.vary, said.fields];
    for (const [index, text] of texts.entries()) {
      this.#slice(at + 32 + 8 * index, text === undefined ? none : this.put(text));
    }
    return at;
  }

  /** `struct skerry_cache_lookup`. */
  lookupOptions(fields: string, waitMs = 0): number {
    const [at] = this.room(16);
    this.#slice(at, this.put(fields));
    this.memory.writeU32(at + 8, waitMs);
    this.memory.writeU32(at + 12, 0);
    return at;
  }

  set(key: string, value: string, said: Said = {}): Promise<string> {
    return this.errno("set", this.put(key), this.put(value), this.options(said));
  }

  /** The value, or why there is none. */
  async get(key: string): Promise<string> {
    const room = this.room(200);
    const errno = await this.errno("get", this.put(key), room, this.found);
    return errno === "ESUCCESS" ? this.text([room[0], this.length]) : errno;
  }

  /** What `found` tells. */
  get length(): number {
    return Number(this.memory.readU64(this.found));
  }

  get state(): string {
    const bits = this.memory.readU32(this.found + 32);
    const names = ["found", "usable", "stale", "must insert"];
    return names.filter((_, index) => (bits & (1 << index)) !== 0).join(", ");
  }

  get metadata(): string {
    return this.text([this.#metadata[0], this.memory.readU32(this.found + 36)]);
  }

  /** A descriptor, or why there is none. */
  async open(
    name: "lookup" | "transaction_lookup",
    key: string,
    options = 0,
  ): Promise<number | string> {
    const args = [this.put(key), options, this.#metadata, this.found, this.#result] as const;
    return this.#fd(await this.errno(name, ...args));
  }

  async insert(key: string, said: Said = {}): Promise<number | string> {
    return this.#fd(await this.errno("insert", this.put(key), this.options(said), this.#result));
  }

  async transactionInsert(fd: number | string, said: Said = {}): Promise<number | string> {
    const options = this.options(said);
    return this.#fd(await this.errno("transaction_insert", Number(fd), options, this.#result));
  }

  async range(fd: number | string, first: bigint, last: bigint): Promise<number | string> {
    return this.#fd(await this.errno("range", Number(fd), first, last, this.#result));
  }

  async write(fd: number | string, text: string): Promise<string> {
    return await this.errno("fd_write", Number(fd), this.#list(this.put(text)), 1, this.#result);
  }

  finish(fd: number | string): Promise<string> {
    return this.errno("sock_shutdown", Number(fd), 2);
  }

  close(fd: number | string): Promise<string> {
    return this.errno("fd_close", Number(fd));
  }

  /** All up to the end, or to an error, which stands behind it. */
  async read(fd: number | string): Promise<string> {
    const room = this.room(5);
    const result = this.room(4)[0];
    for (let all = "";;) {
      const errno = await this.errno("fd_read", Number(fd), this.#list(room), 1, result);
      if (errno !== "ESUCCESS") return all + errno;
      const length = this.memory.readU32(result);
      if (length === 0) return all;
      all += decodeUtf8(this.memory.copy(room[0], length));
    }
  }

  #fd(errno: string): number | string {
    return errno === "ESUCCESS" ? this.memory.readU32(this.#result) : errno;
  }

  #list(slice: Slice): number {
    const [list] = this.room(8);
    this.#slice(list, slice);
    return list;
  }

  #slice(at: number, [pointer, length]: Slice): void {
    this.memory.writeU32(at, pointer);
    this.memory.writeU32(at + 4, length);
  }
}
