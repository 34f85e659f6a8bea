/** Starting the threads of `skerry dev`. */

import type { DevServeNews, DevServeOrder, PrepareNews, PrepareOrder } from "./messages.ts";

/** A thread that takes orders. */
export interface Thread<Order> {
  tell(order: Order): void;
}

/** The thread that reads files and builds. It shares this one's permissions. */
export function startBuildThread(
  onNews: (news: PrepareNews) => void,
  onFault: (error: Error) => void,
): Thread<PrepareOrder> {
  const url = new URL("./build_thread.ts", import.meta.url);
  return threadOf(new Worker(url, { type: "module" }), onNews, onFault);
}

/** All permissions, but its own: what it gives up before it serves, the other threads still have. */
const ownPermissions = {
  permissions: {
    ...{ net: true, ffi: true, read: true, write: true },
    ...{ env: true, sys: true, run: true, import: true },
  },
};

/** The thread that runs guests. */
export function startServeThread(
  onNews: (news: DevServeNews) => void,
  onFault: (error: Error) => void,
): Thread<DevServeOrder> {
  const url = new URL("./serve_thread.ts", import.meta.url);
  // The runtime's types know `deno` only where its unstable parts are all on.
  const options: WorkerOptions = Object.assign({ type: "module" } as const, {
    deno: ownPermissions,
  });
  return threadOf(new Worker(url, options), onNews, onFault);
}

function threadOf<Order, News>(
  worker: Worker,
  onNews: (news: News) => void,
  onFault: (error: Error) => void,
): Thread<Order> {
  worker.onmessage = ({ data }: MessageEvent<News>) => onNews(data);
  worker.onerror = (event) => {
    event.preventDefault();
    onFault(new Error(event.message));
  };
  return { tell: (order) => worker.postMessage(order) };
}
