/** Bodies in segments, so that large ones need no memory in one piece and are read while they grow. */

import { copyBytes } from "@skerry/base";

/** A body that is all there. */
export interface KeptBody {
  readonly bytes: number;
  /** The bytes from `first` to `last`, both included, as views in order: nobody may write to them. */
  slices(first: number, last: number): Iterable<Uint8Array>;
}

/** Larger bodies are kept in pieces of this size. */
export const segmentBytes = 256 * 1024;

/** A body that is coming. */
export class GrowingBody implements KeptBody {
  readonly #bytesMax: number;
  readonly #segments: Uint8Array[] = [];
  #used = 0;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** How many came so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes a copy. `too large` where it would be more than the bound: then nothing of it is kept. */
  append(bytes: Uint8Array): "taken" | "too large" {
    if (this.#bytes + bytes.length > this.#bytesMax) {
      this.#segments.length = 0;
      this.#bytes = this.#used = 0;
      return "too large";
    }
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

  /** The whole, in no more memory than it needs. */
  finish(): KeptBody {
    const last = this.#segments.at(-1);
    if (last !== undefined && this.#used < last.length) {
      this.#segments[this.#segments.length - 1] = copyBytes(last.subarray(0, this.#used));
    }
    return this;
  }

  *slices(first: number, last: number): Iterable<Uint8Array> {
    let offset = 0;
    for (const segment of this.#segments) {
      const start = Math.max(0, first - offset);
      const end = Math.min(segment.length, last + 1 - offset, this.#bytes - offset);
      if (start < end) yield segment.subarray(start, end);
      offset += segment.length;
      if (offset > last) return;
    }
  }

  #room(wanted: number): Uint8Array {
    const last = this.#segments.at(-1);
    if (last !== undefined && this.#used < last.length) return last;
    // Twice what there is, up to a segment: a small body is copied once, a large one never as a whole.
    const size = Math.min(segmentBytes, Math.max(wanted, this.#bytes, 1024));
    const segment = new Uint8Array(size);
    this.#segments.push(segment);
    this.#used = 0;
    return segment;
  }
}
