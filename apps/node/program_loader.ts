/**
 * The thread of a cell that makes artifacts to programs, one after another. That may take many seconds in which it does
 * nothing else: the cell's main thread has to tell meanwhile that the cell is alive. Started as a worker.
 */

import { loadArtifact } from "./load_program.ts";
import type { LoaderNews, LoaderOrder } from "./messages.ts";

/** A worker's own scope; the library's types describe a page's. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<LoaderOrder>) => void) | null;
  postMessage(news: LoaderNews): void;
};

let last: Promise<void> = Promise.resolve();

scope.onmessage = ({ data: order }) => {
  last = last.then(() => load(order));
};
scope.postMessage({ kind: "started" });

async function load({ job, path, memoryBytesMax }: LoaderOrder): Promise<void> {
  try {
    const program = (await loadArtifact(path, memoryBytesMax)).share();
    scope.postMessage({ kind: "loaded", job, program });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    scope.postMessage({ kind: "failed", job, why });
  }
}
