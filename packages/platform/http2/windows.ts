/** Flow control (RFC 9113 §5.2, §6.9): how much may be sent, and how much may still come. */

import { windowBytesMax } from "./frames.ts";

/** What the other side has room for. It may be less than nothing, when its settings make it smaller (§6.9.2). */
export class SendWindow {
  #bytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  spend(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** False where it becomes larger than a window may be. */
  grow(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes <= windowBytesMax;
  }
}

/** What the other side may send. It is given back as it is used, in few large steps. */
export class ReceiveWindow {
  readonly #size: number;
  #left: number;
  #used = 0;

  constructor(size: number) {
    this.#size = size;
    this.#left = size;
  }

  /** Something has come; false where there was no room for it. */
  take(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }

  /** Something was used; tells by how much the window is to be opened now. */
  use(bytes: number): number {
    this.#used += bytes;
    if (2 * this.#used < this.#size) return 0;
    const opened = this.#used;
    this.#left += opened;
    this.#used = 0;
    return opened;
  }
}
