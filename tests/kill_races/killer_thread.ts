/** The way to the other thread (other_thread.ts) from this one. */

import type { KillSwitch, Termination } from "@skerry/sandbox";
import type { KillAnswer, KillRequest } from "./other_thread.ts";

/** A thread that ends guests. */
export class KillerThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (termination: Termination) => void>();
  #next = 0;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<KillAnswer>) => {
      this.#waiting.get(data.number)?.(data.termination);
      this.#waiting.delete(data.number);
    };
  }

  /** Starts it. */
  static async start(): Promise<KillerThread> {
    const worker = new Worker(new URL("./other_thread.ts", import.meta.url), { type: "module" });
    await new Promise<void>((resolve) => worker.onmessage = () => resolve());
    return new KillerThread(worker);
  }

  /** Uses a switch there, soon. */
  terminate(killSwitch: KillSwitch, spins = 0): Promise<Termination> {
    const number = this.#next++;
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve);
      this.#worker.postMessage({ number, killSwitch, spins } satisfies KillRequest);
    });
  }

  stop(): void {
    this.#worker.terminate();
  }
}
