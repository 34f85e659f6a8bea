/**
 * A file's bytes in memory: what was written here, above bytes that are shared with others and never change.
 *
 * Contents that were written from the front stand in blocks; what was written elsewhere stands in pages of its own,
 * so that holes cost nothing. A page that lies below is copied when it is first written to.
 *
 * What always holds: a buffer of ours is never handed out; bytes of ours beyond the file's size are zero; every buffer
 * of ours is paid for, and so are those that `freeze` has made shared, until nothing of them is left here.
 */

import { fail } from "@skerry/base";
import type { FrozenBytes } from "./file_system.ts";
import { FrozenPages } from "./frozen_pages.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import { MemoryFront } from "./memory_front.ts";
import { forEachPage, pageBytes } from "./memory_page.ts";

/** The largest size a file may have, holes included (EFBIG beyond). */
export const fileBytesMax = 2 ** 40;

/** Sparse bytes. */
export class MemoryContent {
  readonly #budget: MemoryBudget;
  #front: MemoryFront;
  /** None of them lies in the front. */
  #pages = new Map<number, Uint8Array<ArrayBuffer>>();
  #below: FrozenBytes | undefined;
  /** How far what lies below can still be seen. */
  #belowBytes: number;
  /** What is paid for that lies below. */
  #belowPaidBytes = 0;
  #size: number;

  constructor(budget: MemoryBudget, below?: FrozenBytes) {
    this.#budget = budget;
    this.#front = new MemoryFront(budget);
    this.#below = below;
    this.#belowBytes = this.#size = below?.bytes ?? 0;
  }

  get size(): number {
    return this.#size;
  }

  /** Reads into `target`; a short count at the end alone. */
  read(target: Uint8Array, offset: number): number {
    const count = Math.max(0, Math.min(target.length, this.#size - offset));
    const fromFront = this.#front.read(target, offset, count);
    if (fromFront < count) this.#readSparse(target.subarray(fromFront, count), offset + fromFront);
    return count;
  }

  /** Writes `bytes`; a short count where the budget ran out, ENOSPC where nothing fitted. */
  write(bytes: Uint8Array, offset: number): number {
    if (bytes.length === 0) return 0;
    if (offset >= fileBytesMax) fail("EFBIG");
    const count = Math.min(bytes.length, fileBytesMax - offset);
    const front = this.#front;
    if (offset + count > front.bytes && front.reaches(offset, this.#belowBytes)) {
      this.#growFront(offset + count, "ahead");
    }
    let written = front.write(bytes, offset, count);
    if (written < count) written += this.#writeSparse(bytes, written, count, offset);
    if (written === 0) fail("ENOSPC");
    this.#size = Math.max(this.#size, offset + written);
    return written;
  }

  /** Cuts the file, or lengthens it by a hole. */
  setSize(size: number): void {
    if (size > fileBytesMax) fail("EFBIG");
    if (size < this.#size) this.#cut(size);
    this.#size = size;
  }

  /** Pays for every page of a range and lengthens the file to its end. */
  allocate(offset: number, length: number): void {
    const end = offset + length;
    if (end > fileBytesMax) fail("EFBIG");
    const first = Math.floor(Math.max(offset, this.#front.bytes) / pageBytes);
    const last = Math.ceil(end / pageBytes);
    // Cheap refusal first: no range is walked that could not fit were it all there already.
    if ((last - first - this.#pages.size) * pageBytes > this.#budget.bytesLeft) fail("ENOSPC");
    let missing = 0;
    for (let page = first; page < last; page += 1) missing += this.#pages.has(page) ? 0 : 1;
    if (missing * pageBytes > this.#budget.bytesLeft) fail("ENOSPC");
    for (let page = first; page < last; page += 1) this.#page(page);
    this.#size = Math.max(this.#size, end);
  }

  /** The bytes as they are now, for ever. They are shared from now on: what is written later is written above them. */
  freeze(): FrozenBytes {
    const unchanged = this.#front.bytes === 0 && this.#pages.size === 0 &&
      this.#belowBytes === this.#size && this.#below?.bytes === this.#size;
    if (unchanged && this.#below !== undefined) return this.#below;
    const { blocks, bytes } = this.#front;
    const below = this.#belowBytes === 0 ? undefined : this.#below;
    const parts = { blocks, blocksBytes: bytes, pages: this.#pages };
    const frozen = new FrozenPages(this.#size, parts, below, this.#belowBytes);
    this.#belowPaidBytes += this.#front.paidBytes + this.#pages.size * pageBytes;
    this.#front = new MemoryFront(this.#budget);
    this.#pages = new Map();
    this.#below = frozen;
    this.#belowBytes = this.#size;
    return frozen;
  }

  /** Gives everything back. */
  free(): void {
    this.#cut(0);
    this.#size = 0;
  }

  #readSparse(target: Uint8Array, offset: number): void {
    if (this.#pages.size === 0) return this.#readBelow(target, offset);
    forEachPage(offset, target.length, (page, within, from, length) => {
      const piece = target.subarray(from, from + length);
      const own = this.#pages.get(page);
      if (own === undefined) this.#readBelow(piece, offset + from);
      else piece.set(own.subarray(within, within + length));
      return true;
    });
  }

  /** What lies below, and zeros where nothing does. */
  #readBelow(target: Uint8Array, offset: number): void {
    const count = Math.max(0, Math.min(target.length, this.#belowBytes - offset));
    const seen = count === target.length ? target : target.subarray(0, count);
    const read = count === 0 ? 0 : this.#below?.read(seen, offset) ?? 0;
    if (read < target.length) target.fill(0, read);
  }

  #writeSparse(bytes: Uint8Array, from: number, to: number, offset: number): number {
    let written = 0;
    forEachPage(offset + from, to - from, (page, within, at, length) => {
      if (!this.#pages.has(page) && this.#budget.bytesLeft < pageBytes) return false;
      this.#page(page).set(bytes.subarray(from + at, from + at + length), within);
      written += length;
      return true;
    });
    return written;
  }

  #page(index: number): Uint8Array {
    const present = this.#pages.get(index);
    if (present !== undefined) return present;
    this.#budget.takeBytes(pageBytes);
    const page = new Uint8Array(pageBytes);
    this.#readBelow(page, index * pageBytes);
    this.#pages.set(index, page);
    return page;
  }

  /** Has the front reach as far as can be paid for, and takes in what stood there until now. */
  #growFront(end: number, room: "ahead" | "exact"): void {
    const front = this.#front;
    const first = front.bytes / pageBytes;
    const wanted = Math.ceil(end / pageBytes);
    let pages = wanted;
    for (let page = first; this.#pages.size > 0 && page < wanted; page += 1) {
      // Pages that stand alone stay where they are: they are paid for.
      if (this.#pages.has(page)) pages = Math.min(pages, page);
    }
    const grown = front.grow(pages, room);
    if (this.#belowBytes <= first * pageBytes) return;
    for (let page = first; page < grown && page * pageBytes < this.#belowBytes; page += 1) {
      this.#readBelow(front.page(page), page * pageBytes);
    }
  }

  #cut(size: number): void {
    const keep = Math.ceil(size / pageBytes);
    this.#front.cut(size);
    for (const index of this.#pages.keys()) {
      if (index < keep) continue;
      this.#pages.delete(index);
      this.#budget.giveBytes(pageBytes);
    }
    if (size % pageBytes !== 0) this.#pages.get(keep - 1)?.fill(0, size % pageBytes);
    this.#belowBytes = Math.min(this.#belowBytes, size);
    if (this.#belowBytes > 0) return;
    this.#below = undefined;
    this.#budget.giveBytes(this.#belowPaidBytes);
    this.#belowPaidBytes = 0;
  }
}
