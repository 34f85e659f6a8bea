/**
 * What was seen lately: a table of a fixed size, for questions that are asked at each hit. It forgets; it may also take one for
 * another, which then counts as seen until all is forgotten.
 */

import type { StoredResponse } from "../stored_response.ts";

export class RecentlySeen {
  readonly #marks: Uint32Array;
  /** Of what is in memory and was asked for before: known without its key. */
  #objects = new WeakSet<StoredResponse>();
  readonly #forgetEveryMs: number;
  readonly #nowMs: () => number;
  #forgetAtMs: number;

  /** @param size a power of two */
  constructor(size: number, forgetEveryMs: number, nowMs: () => number) {
    this.#marks = new Uint32Array(size);
    this.#forgetEveryMs = forgetEveryMs;
    this.#nowMs = nowMs;
    this.#forgetAtMs = nowMs() + forgetEveryMs;
  }

  has(key: string, stored: StoredResponse): boolean {
    if (this.#objects.has(stored)) return true;
    const mark = markOf(key, stored.variant, stored.responseMs);
    if (this.#marks[mark & this.#marks.length - 1] !== mark) return false;
    this.#objects.add(stored);
    return true;
  }

  add(key: string, { variant, responseMs }: StoredResponse): void {
    const mark = markOf(key, variant, responseMs);
    this.#marks[mark & this.#marks.length - 1] = mark;
  }

  /** Forgets all, where it is time to. To be called every now and then. */
  look(): void {
    const now = this.#nowMs();
    if (now < this.#forgetAtMs) return;
    this.#marks.fill(0);
    this.#objects = new WeakSet();
    this.#forgetAtMs = now + this.#forgetEveryMs;
  }
}

/** FNV-1a, 32 bits, which is never 0. */
function markOf(key: string, variant: string, version: number): number {
  let hash = mixed(mixed(0x811c9dc5 ^ version, key), variant);
  // The lower bits choose the place: those above tell what stands there.
  hash = Math.imul(hash ^ hash >>> 15, 0x2c1b3c6d);
  return ((hash ^ hash >>> 13) | 0x80000000) >>> 0;
}

function mixed(start: number, text: string): number {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash;
}
