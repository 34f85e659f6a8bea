/** A thread that listens on a socket of its process, until it is told to close. */

import { listen, type Listener } from "../listen.ts";
import type { SharedAddress } from "../shared_socket.ts";

/** What the thread is told to do. */
export type ThreadTask = "close" | { readonly shared: SharedAddress; readonly name: string };

interface Scope {
  onmessage: ((event: MessageEvent<ThreadTask>) => void) | null;
  postMessage(done: string): void;
}

const scope = globalThis as unknown as Scope;
let listener: Listener | undefined;

scope.onmessage = async ({ data }) => {
  if (data === "close") await listener?.close(1_000);
  else {
    const body = new TextEncoder().encode(data.name);
    listener = await listen(data.shared, () => ({ status: 200, fields: [], body }));
  }
  scope.postMessage("done");
};
