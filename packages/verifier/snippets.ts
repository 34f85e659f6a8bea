/**
 * Recognises snippets in bytes that are not the guest's. Indexes and constants are matched as they are
 * spelled shortest; what varies in a snippet is in the matcher's fields afterwards.
 */

import type { Plan } from "./plan.ts";
import { smallSigned, spelledBytes } from "./signed_number.ts";
import { type SnippetBytes, snippetBytes } from "./snippet_bytes.ts";

const localGet = 0x20;
const localSet = 0x21;
const localTee = 0x22;

/** Matches at an offset, and answers where the snippet ends: -1 where it is none. */
export class Snippets {
  /** The locals that the last match named, as each method says. */
  local = 0;
  second = 0;
  third = 0;
  weight = 0;
  memory = 0;
  /** What a mark adds to its local. */
  displacement = 0;
  readonly #bytes: Uint8Array;
  readonly #pieces: SnippetBytes;
  /** Memories by where their maps start. */
  readonly #maps: ReadonlyMap<number, number>;
  /** Memories by the functions that mark spans of theirs. */
  readonly #spanMarkers: ReadonlyMap<number, number>;
  readonly #memories: Plan["spaces"]["memories"];
  #at = 0;

  constructor(plan: Plan) {
    this.#bytes = plan.module.code.bytes;
    this.#pieces = snippetBytes(plan);
    this.#memories = plan.spaces.memories;
    this.#spanMarkers = new Map(
      plan.metadata.memories.flatMap((_, memory) => {
        const marker = plan.injected("mark_span", memory);
        return marker === undefined ? [] : [[marker, memory] as const];
      }),
    );
    this.#maps = new Map(
      plan.metadata.memories.flatMap(({ mode, map }, memory) => {
        const empty = plan.spaces.memories[memory]?.limits.max === 0n;
        return mode === "barrier" && !empty ? [[map, memory] as const] : [];
      }),
    );
  }

  /** `charge`. */
  charge(offset: number): number {
    this.#at = offset;
    const { chargeHead, chargeTail } = this.#pieces;
    return this.#all(chargeHead) && this.#weight() && this.#all(chargeTail) ? this.#at : -1;
  }

  /** `charge-length`: its scratch is `local`. */
  chargeLength(offset: number): number {
    this.#at = offset;
    if (!this.#byte(localTee)) return -1;
    this.local = this.#u32();
    if (!this.#all(this.#pieces.chargeLength)) return -1;
    return this.#uses(localGet, this.local) ? this.#at : -1;
  }

  /** `mark` of `local` and `displacement`, in `memory`. */
  mark(offset: number): number {
    this.#at = offset;
    if (!this.#byte(localGet)) return -1;
    this.local = this.#u32();
    this.displacement = 0;
    const start = this.#at;
    const wide = this.#bytes[start] === 0x42;
    const { mark32, mark64 } = this.#pieces;
    const tail = wide ? mark64 : mark32;
    if (!this.#all(tail)) {
      this.#at = start;
      if (!this.#byte(wide ? 0x42 : 0x41)) return -1;
      this.displacement = smallSigned(this.#bytes, this.#at);
      this.#at += spelledBytes(this.#bytes, this.#at);
      if (!this.#byte(wide ? 0x7c : 0x6a) || !this.#all(tail)) return -1;
    }
    const memory = this.#maps.get(this.#u32());
    if (memory === undefined) return -1;
    if ((this.#memories[memory]?.addressType === "i64") !== wide) return -1;
    this.memory = memory;
    return this.#at;
  }

  /** `mark-page` of the page `displacement`, in `memory`. */
  markPage(offset: number): number {
    this.#at = offset;
    if (!this.#byte(0x41)) return -1;
    this.displacement = smallSigned(this.#bytes, this.#at);
    this.#at += spelledBytes(this.#bytes, this.#at);
    if (!(this.displacement >= 0) || !this.#all(this.#pieces.markStore)) return -1;
    const memory = this.#maps.get(this.#u32());
    if (memory === undefined) return -1;
    this.memory = memory;
    return this.#at;
  }

  /** `mark-span` of `local` to `second` by `third`, with `displacement`, in `memory`. */
  markSpan(offset: number): number {
    this.#at = offset;
    if (!this.#byte(localGet)) return -1;
    this.local = this.#u32();
    if (!this.#byte(localGet)) return -1;
    this.second = this.#u32();
    if (!this.#byte(localGet)) return -1;
    this.third = this.#u32();
    if (!this.#byte(0x41)) return -1;
    this.displacement = smallSigned(this.#bytes, this.#at);
    this.#at += spelledBytes(this.#bytes, this.#at);
    if (Number.isNaN(this.displacement) || !this.#byte(0x10)) return -1;
    const memory = this.#spanMarkers.get(this.#u32());
    if (memory === undefined) return -1;
    this.memory = memory;
    return this.#at;
  }

  /** `park`: the address in `local`, the operand above it in `second`, one above that in `third`, or -1. */
  park(offset: number): number {
    this.#at = offset;
    this.third = -1;
    if (!this.#byte(localSet)) return -1;
    this.second = this.#u32();
    if (this.#bytes[this.#at] === localSet) {
      this.#at += 1;
      this.third = this.second;
      this.second = this.#u32();
    }
    if (!this.#byte(localTee)) return -1;
    this.local = this.#u32();
    if (!this.#uses(localGet, this.second)) return -1;
    return this.third < 0 || this.#uses(localGet, this.third) ? this.#at : -1;
  }

  /** `global.get hidden  sub`. */
  hiddenPages(offset: number, hidden: number, wide: boolean): number {
    this.#at = offset;
    return this.#uses(0x23, hidden) && this.#byte(wide ? 0x7d : 0x6b) ? this.#at : -1;
  }

  /** `i32.const 1  global.set`: the global is `local`. */
  flag(offset: number): number {
    this.#at = offset;
    if (!this.#byte(0x41) || !this.#byte(1) || !this.#byte(0x24)) return -1;
    this.local = this.#u32();
    return this.#at;
  }

  #byte(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  #all(piece: Uint8Array): boolean {
    for (let index = 0; index < piece.length; index += 1) {
      if (this.#bytes[this.#at + index] !== piece[index]) return false;
    }
    this.#at += piece.length;
    return true;
  }

  #uses(opcode: number, index: number): boolean {
    return this.#byte(opcode) && this.#u32() === index;
  }

  /** A signed LEB128 number of exactly two bytes. */
  #weight(): boolean {
    const low = this.#bytes[this.#at] ?? 0;
    const high = this.#bytes[this.#at + 1] ?? 0x80;
    if (low < 0x80 || high >= 0x80) return false;
    this.weight = (((low & 0x7f) | (high << 7)) << 18) >> 18;
    this.#at += 2;
    return true;
  }

  /** An index; one that is malformed is -1, which is none. */
  #u32(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 28; scale *= 0x80) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return -1;
  }
}
