/** The thread that makes programs, as its cell's main thread knows it. */

import type { SharedProgram } from "@skerry/sandbox";
import type { LoaderNews, LoaderOrder } from "./messages.ts";

/** A worker that loads. */
export class ProgramLoader {
  /** Once it has all that it reads but artifacts. */
  readonly started: Promise<void>;
  readonly #worker: Worker;
  readonly #open = new Map<number, PromiseWithResolvers<SharedProgram>>();
  #job = 0;

  /** @param onFailed told of what it throws, which is a mistake of ours */
  constructor(onFailed: (message: string) => void) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.started = promise;
    this.#worker = new Worker(new URL("./program_loader.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data: news }: MessageEvent<LoaderNews>) => {
      if (news.kind === "started") resolve();
      else this.#answered(news);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      onFailed(event.message);
    };
  }

  /** Loads an artifact. Rejects with what is wrong with it. */
  load(path: string, memoryBytesMax: number | undefined): Promise<SharedProgram> {
    const job = this.#job += 1;
    const answer = Promise.withResolvers<SharedProgram>();
    this.#open.set(job, answer);
    const order: LoaderOrder = { job, path, memoryBytesMax };
    this.#worker.postMessage(order);
    return answer.promise;
  }

  /** Ends it; what it was asked for is answered no more. */
  close(): void {
    this.#worker.terminate();
  }

  #answered(news: Exclude<LoaderNews, { kind: "started" }>): void {
    const answer = this.#open.get(news.job);
    this.#open.delete(news.job);
    if (news.kind === "loaded") answer?.resolve(news.program);
    else answer?.reject(new Error(news.why));
  }
}
