/**
 * What was seen lately: a table of a fixed size, for questions that are asked at each hit. It forgets; it may also take one for
 * another, which then counts as seen until all is forgotten.
 */

export class RecentlySeen {
  readonly #marks: Uint32Array;
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

  has(key: string, variant: string, version: number): boolean {
    const mark = markOf(key, variant, version);
    return this.#marks[mark & this.#marks.length - 1] === mark;
  }

  /** Forgets all from time to time. */
  add(key: string, variant: string, version: number): void {
    const now = this.#nowMs();
    if (now >= this.#forgetAtMs) {
      this.#marks.fill(0);
      this.#forgetAtMs = now + this.#forgetEveryMs;
    }
    const mark = markOf(key, variant, version);
    this.#marks[mark & this.#marks.length - 1] = mark;
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
