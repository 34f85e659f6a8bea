/** A thread of a cell, as the cell's main thread knows it. */

import type { CacheFigures, SandboxFigures, ThreadNews, ThreadOrder } from "./messages.ts";

/** A worker that serves. */
export class CellThread {
  /** One word that the thread changes as long as it is alive. */
  readonly alive = new SharedArrayBuffer(4);
  /** What it told last of its sandboxes. */
  sandboxes: SandboxFigures = { inUse: 0, idle: 0 };
  /** And of what it keeps. */
  cache: CacheFigures = { bytes: 0, bytesMax: 0, evictions: 0 };
  readonly #worker: Worker;
  readonly #word = new Int32Array(this.alive);
  #heard = 0;
  #heardMs = performance.now();

  /** @param onFailed told of what it throws, which is a mistake of ours */
  constructor(onNews: (news: ThreadNews) => void, onFailed: (message: string) => void) {
    this.#worker = new Worker(new URL("./cell_thread.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<ThreadNews>) => onNews(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      onFailed(event.message);
    };
  }

  /** Sends an order. */
  tell(order: ThreadOrder): void {
    this.#worker.postMessage(order);
  }

  /** For how long it has given no sign of life, in milliseconds. */
  silentMs(nowMs: number): number {
    const word = Atomics.load(this.#word, 0);
    if (word !== this.#heard) this.#heardMs = nowMs;
    this.#heard = word;
    return nowMs - this.#heardMs;
  }
}
