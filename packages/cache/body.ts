/** Bodies in segments, so that large ones need no memory in one piece and are read while they grow. */

import { concatBytes, copyBytes } from "@skerry/base";

/** A body that is all there. */
export interface KeptBody {
  readonly bytes: number;
  /** The bytes from `first` to `last`, both included, as views in order: nobody may write to them. */
  slices(first: number, last: number): readonly Uint8Array[];
  /**
   * Where it is not in memory: the same bytes as they are asked for, while `slices` gives none. It throws where they can be
   * read no longer, or have become others.
   */
  readonly read?: (first: number, last: number) => AsyncIterable<Uint8Array>;
  /** Where another may take its place: the same, which is read as it is now until it is closed. Rejects as `read` throws. */
  readonly open?: () => Promise<OpenedBody>;
}

/** A body that stays what it is until it is closed. */
export interface OpenedBody extends KeptBody {
  readonly read: (first: number, last: number) => AsyncIterable<Uint8Array>;
  /** Harmless when done twice. */
  readonly close: () => void;
}

/** Larger bodies are kept in pieces of this size. */
export const segmentBytes = 256 * 1024;

/** A body that is coming. */
export class GrowingBody implements KeptBody {
  readonly #bytesMax: number;
  readonly #segmentBytes: number;
  readonly #segments: Uint8Array[] = [];
  #used = 0;
  #bytes = 0;
  /** What came before the first of the segments, and was let go of. */
  #releasedBytes = 0;

  constructor(bytesMax: number, segment = segmentBytes) {
    this.#bytesMax = bytesMax;
    this.#segmentBytes = segment;
  }

  /** How many came so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many of them it has let go of, from the first one on. */
  get releasedBytes(): number {
    return this.#releasedBytes;
  }

  /** Takes a copy. `too large` where there would be more than the bound: then nothing of it is taken. */
  append(bytes: Uint8Array): "taken" | "too large" {
    if (this.#bytes - this.#releasedBytes + bytes.length > this.#bytesMax) return "too large";
    for (let at = 0; at < bytes.length;) {
      const room = this.#room(bytes.length - at);
      const piece = bytes.subarray(at, at + Math.min(room.length - this.#used, bytes.length - at));
      room.set(piece, this.#used);
      this.#used += piece.length;
      this.#bytes += piece.length;
      at += piece.length;
    }
    return "taken";
  }

  /**
   * Lets go of what stands before a place, in whole segments: for a body that is passed on and not kept. Gives whether
   * there was anything.
   */
  release(before: number): boolean {
    const released = this.#releasedBytes;
    for (;;) {
      const [first] = this.#segments;
      const isWanted = first === undefined || this.#releasedBytes + first.length > before;
      // The last may have room yet.
      if (isWanted || this.#segments.length === 1 && this.#used < first.length) break;
      this.#segments.shift();
      this.#releasedBytes += first.length;
    }
    return this.#releasedBytes > released;
  }

  /** The whole, in no more memory than it needs; in one piece where it is no longer than a segment. */
  finish(): KeptBody {
    if (this.#segments.length > 1 && this.#bytes <= this.#segmentBytes) {
      const whole = concatBytes([...this.slices(0, this.#bytes - 1)]);
      this.#segments.splice(0, Infinity, whole);
      this.#used = whole.length;
    }
    const last = this.#segments.at(-1);
    if (last !== undefined && this.#used < last.length) {
      this.#segments[this.#segments.length - 1] = copyBytes(last.subarray(0, this.#used));
    }
    return this;
  }

  slices(first: number, last: number): readonly Uint8Array[] {
    const slices: Uint8Array[] = [];
    let offset = this.#releasedBytes;
    for (const segment of this.#segments) {
      const start = Math.max(0, first - offset);
      const end = Math.min(segment.length, last + 1 - offset, this.#bytes - offset);
      const isWhole = start === 0 && end === segment.length;
      if (start < end) slices.push(isWhole ? segment : segment.subarray(start, end));
      offset += segment.length;
      if (offset > last) break;
    }
    return slices;
  }

  #room(wanted: number): Uint8Array {
    const last = this.#segments.at(-1);
    if (last !== undefined && this.#used < last.length) return last;
    // Twice what there is, up to a segment: a small body is copied once, a large one never as a whole.
    const size = Math.min(this.#segmentBytes, Math.max(wanted, this.#bytes, 1024));
    const segment = new Uint8Array(size);
    this.#segments.push(segment);
    this.#used = 0;
    return segment;
  }
}
