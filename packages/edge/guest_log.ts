/** A guest's stderr, cut into lines for the log: bounded in each line, in their number, and in all. */

import { type ByteSink, concatBytes, decodeUtf8 } from "@skerry/base";

/** Bounds of one request's lines. */
export interface GuestLogLimits {
  readonly lineBytesMax: number;
  readonly linesMax: number;
  readonly bytesMax: number;
}

/** Gives each line to `emit`, without its line feed; says once that more was dropped. */
export class GuestLog implements ByteSink {
  readonly #limits: GuestLogLimits;
  readonly #emit: (line: string) => void;
  #pending: Uint8Array = nothing;
  #bytes = 0;
  #lines = 0;
  #full = false;

  constructor(limits: GuestLogLimits, emit: (line: string) => void) {
    this.#limits = limits;
    this.#emit = emit;
  }

  write(bytes: Uint8Array): void {
    if (this.#full) return;
    const room = this.#limits.bytesMax - this.#bytes;
    this.#bytes += bytes.length;
    const taken = bytes.length > room ? bytes.subarray(0, room) : bytes;
    this.#split(this.#pending.length === 0 ? taken : concatBytes([this.#pending, taken]));
    if (bytes.length > room || this.#lines >= this.#limits.linesMax) this.#end();
  }

  /** Gives out a last line that did not end in a line feed. */
  close(): void {
    if (this.#pending.length > 0) this.#emit(decodeUtf8(this.#pending));
    this.#pending = nothing;
  }

  #end(): void {
    this.close();
    this.#full = true;
    const { bytesMax, linesMax } = this.#limits;
    this.#emit(`(${bytesMax} bytes or ${linesMax} lines: the rest is not logged)`);
  }

  #split(bytes: Uint8Array): void {
    let start = 0;
    while (start < bytes.length && this.#lines < this.#limits.linesMax) {
      const lineFeed = bytes.indexOf(10, start);
      const end = lineFeed === -1 ? bytes.length : lineFeed;
      const cut = Math.min(end, start + this.#limits.lineBytesMax);
      if (cut === bytes.length && lineFeed === -1) break;
      this.#emit(decodeUtf8(bytes.subarray(start, cut)));
      this.#lines += 1;
      start = cut === lineFeed ? cut + 1 : cut;
    }
    this.#pending = this.#lines >= this.#limits.linesMax ? nothing : bytes.slice(start);
  }
}

const nothing = new Uint8Array(0);
