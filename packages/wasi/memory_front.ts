/**
 * The part of a file that was written from its beginning without a gap, in blocks of up to 64 KiB.
 *
 * Most files are written this way, and a block is made and copied in a fraction of the time that its pages would take.
 * All of a block is paid for. It is made larger than it must be only while there is plenty to pay it from.
 */

import type { MemoryBudget } from "./memory_budget.ts";
import { pageBytes } from "./memory_page.ts";

/** A block that is full. */
export const blockBytes = 64 * 1024;
const blockPages = blockBytes / pageBytes;

/** What is taken ahead may be at most this part of what is left. */
const aheadPart = 16;

/** Contents from the beginning of a file. */
export class MemoryFront {
  readonly #budget: MemoryBudget;
  /** All but the last are full. */
  readonly #blocks: Uint8Array<ArrayBuffer>[] = [];
  #pages = 0;
  /** Pages that there are buffers for. */
  #capacity = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  /** How far it reaches, in whole pages. What lies beyond is zeros. */
  get bytes(): number {
    return this.#pages * pageBytes;
  }

  get paidBytes(): number {
    return this.#capacity * pageBytes;
  }

  /** The buffers, for whoever takes them over. */
  get blocks(): readonly Uint8Array<ArrayBuffer>[] {
    return this.#blocks;
  }

  /** Whether what is written at an offset belongs here: no page between would have to be made for it. */
  reaches(offset: number, belowBytes: number): boolean {
    return offset < this.bytes + pageBytes ||
      (offset < this.paidBytes && belowBytes <= this.bytes);
  }

  read(target: Uint8Array, offset: number, count: number): number {
    const end = Math.min(count, this.bytes - offset);
    for (let done = 0; done < end;) {
      const block = this.#blocks[Math.floor((offset + done) / blockBytes)];
      if (block === undefined) return done;
      const within = (offset + done) % blockBytes;
      const length = Math.min(block.length - within, end - done);
      const whole = length === block.length;
      target.set(whole ? block : block.subarray(within, within + length), done);
      done += length;
    }
    return Math.max(0, end);
  }

  /** Writes what lies within its reach, and tells how much that was. */
  write(bytes: Uint8Array, offset: number, count: number): number {
    const end = Math.min(count, this.bytes - offset);
    for (let done = 0; done < end;) {
      const block = this.#blocks[Math.floor((offset + done) / blockBytes)];
      if (block === undefined) return done;
      const within = (offset + done) % blockBytes;
      const length = Math.min(block.length - within, end - done);
      block.set(length === bytes.length ? bytes : bytes.subarray(done, done + length), within);
      done += length;
    }
    return Math.max(0, end);
  }

  /** Reaches so many pages, or as many as can be paid for; tells how many. */
  grow(pages: number, room: "ahead" | "exact"): number {
    while (this.#capacity < pages && this.#addRoom(pages, room));
    this.#pages = Math.max(this.#pages, Math.min(pages, this.#capacity));
    return this.#pages;
  }

  /** One page of it. */
  page(index: number): Uint8Array {
    const within = (index % blockPages) * pageBytes;
    const block = this.#blocks[Math.floor(index / blockPages)];
    return block?.subarray(within, within + pageBytes) ?? new Uint8Array(0);
  }

  cut(size: number): void {
    const keep = Math.ceil(size / pageBytes);
    if (size >= this.bytes) return;
    this.#pages = keep;
    this.#blocks.length = Math.ceil(keep / blockPages);
    const lastPages = keep - Math.max(0, this.#blocks.length - 1) * blockPages;
    const last = this.#blocks.at(-1);
    if (last !== undefined) {
      const used = lastPages * pageBytes;
      const kept = last.length >= 2 * used ? last.slice(0, used) : last;
      kept.fill(0, size - (this.#blocks.length - 1) * blockBytes);
      this.#blocks[this.#blocks.length - 1] = kept;
    }
    const capacity = this.#blocks.reduce((sum, block) => sum + block.length, 0) / pageBytes;
    this.#budget.giveBytes((this.#capacity - capacity) * pageBytes);
    this.#capacity = capacity;
  }

  /** Makes the last block larger, or adds one; false where not a page can be paid for. */
  #addRoom(pages: number, room: "ahead" | "exact"): boolean {
    const last = this.#capacity % blockPages;
    const start = this.#capacity - last;
    const left = Math.floor(this.#budget.bytesLeft / pageBytes);
    const needed = Math.min(blockPages, pages - start);
    const ahead = start > 0 && last === 0 ? blockPages : Math.min(blockPages, 2 * last);
    const generous = Math.max(needed, ahead);
    const affordable = room === "ahead" && (generous - needed) * aheadPart <= left;
    const size = Math.min(affordable ? generous : needed, last + left);
    if (size <= last) return false;
    this.#budget.takeBytes((size - last) * pageBytes);
    const block = new Uint8Array(size * pageBytes);
    const index = start / blockPages;
    const old = this.#blocks[index];
    if (old !== undefined) block.set(old);
    this.#blocks[index] = block;
    this.#capacity += size - last;
    return true;
  }
}
