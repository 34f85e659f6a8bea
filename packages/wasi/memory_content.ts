/**
 * A file's bytes in memory, kept in pages so that holes cost nothing.
 *
 * What always holds: bytes of a page beyond the file's size are zero, and every page is paid for.
 */

import { fail } from "./errno.ts";
import type { MemoryBudget } from "./memory_budget.ts";

const pageBytes = 4096;

/** The largest size a file may have, holes included (EFBIG beyond). */
export const fileBytesMax = 2 ** 40;

/** Sparse bytes. */
export class MemoryContent {
  readonly #budget: MemoryBudget;
  readonly #pages = new Map<number, Uint8Array<ArrayBuffer>>();
  #size = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#size;
  }

  /** Reads into `target`; a short count at the end alone. */
  read(target: Uint8Array, offset: number): number {
    const count = Math.max(0, Math.min(target.length, this.#size - offset));
    forEachPiece(offset, count, (page, within, from, length) => {
      const piece = target.subarray(from, from + length);
      const source = this.#pages.get(page);
      if (source === undefined) piece.fill(0);
      else piece.set(source.subarray(within, within + length));
      return true;
    });
    return count;
  }

  /** Writes `bytes`; a short count where the budget ran out, ENOSPC where nothing fitted. */
  write(bytes: Uint8Array, offset: number): number {
    if (bytes.length === 0) return 0;
    if (offset >= fileBytesMax) fail("EFBIG");
    const count = Math.min(bytes.length, fileBytesMax - offset);
    let written = 0;
    forEachPiece(offset, count, (page, within, from, length) => {
      if (!this.#pages.has(page) && this.#budget.bytesLeft < pageBytes) return false;
      this.#page(page).set(bytes.subarray(from, from + length), within);
      written += length;
      return true;
    });
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
    const last = Math.ceil(end / pageBytes);
    const first = Math.floor(offset / pageBytes);
    // Cheap refusal first: no range is walked that could not fit were it all there already.
    if ((last - first - this.#pages.size) * pageBytes > this.#budget.bytesLeft) fail("ENOSPC");
    let missing = 0;
    for (let page = first; page < last; page += 1) missing += this.#pages.has(page) ? 0 : 1;
    if (missing * pageBytes > this.#budget.bytesLeft) fail("ENOSPC");
    for (let page = first; page < last; page += 1) this.#page(page);
    this.#size = Math.max(this.#size, end);
  }

  /** Gives everything back. */
  free(): void {
    this.#budget.giveBytes(this.#pages.size * pageBytes);
    this.#pages.clear();
    this.#size = 0;
  }

  #page(index: number): Uint8Array {
    const present = this.#pages.get(index);
    if (present !== undefined) return present;
    this.#budget.takeBytes(pageBytes);
    const page = new Uint8Array(pageBytes);
    this.#pages.set(index, page);
    return page;
  }

  #cut(size: number): void {
    const keep = Math.ceil(size / pageBytes);
    for (const index of this.#pages.keys()) {
      if (index < keep) continue;
      this.#pages.delete(index);
      this.#budget.giveBytes(pageBytes);
    }
    if (size % pageBytes !== 0) this.#pages.get(keep - 1)?.fill(0, size % pageBytes);
  }
}

/** Walks the pages of a range, until `visit` says to stop by answering false. */
function forEachPiece(
  offset: number,
  count: number,
  visit: (page: number, within: number, from: number, length: number) => boolean,
): void {
  for (let from = 0; from < count;) {
    const at = offset + from;
    const within = at % pageBytes;
    const length = Math.min(pageBytes - within, count - from);
    if (!visit(Math.floor(at / pageBytes), within, from, length)) return;
    from += length;
  }
}
