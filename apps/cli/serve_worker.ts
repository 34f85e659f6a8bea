/** The thread that serves. It says that it is alive; when it no longer does, a guest has it. */

import { failureCode } from "./failure_code.ts";
import { noteError } from "./output.ts";
import { type ServePlan, type Serving, startServing } from "./serving.ts";
import { aliveEveryMs } from "./silence_watch.ts";

/** What the watching thread is told. */
export type ServeNews =
  | { readonly kind: "serving"; readonly wallMsMax: number }
  | { readonly kind: "alive" }
  | { readonly kind: "ended"; readonly code: number };

/** What it asks for. */
export type ServeOrder =
  | { readonly kind: "start"; readonly plan: ServePlan }
  | { readonly kind: "stop"; readonly drainMs: number };

/** A worker's own scope; the library's types describe a page's. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ServeOrder>) => void) | null;
  postMessage(news: ServeNews): void;
};

let serving: Serving | undefined;

scope.onmessage = async ({ data: order }) => {
  try {
    if (order.kind === "start") {
      serving = await startServing(order.plan);
      scope.postMessage({ kind: "serving", wallMsMax: serving.wallMsMax });
      setInterval(() => scope.postMessage({ kind: "alive" }), aliveEveryMs);
    } else {
      await serving?.stop(order.drainMs);
      scope.postMessage({ kind: "ended", code: 0 });
    }
  } catch (error) {
    noteError(error);
    scope.postMessage({ kind: "ended", code: failureCode(error) });
  }
};
