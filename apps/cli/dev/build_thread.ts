/** The thread of `skerry dev` that builds and compiles, while requests go on. Compilers stay loaded in it. */

import type { PrepareNews, PrepareOrder } from "./messages.ts";
import { Target } from "./target.ts";

/** A worker's own scope; the library's types describe a page's. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<PrepareOrder>) => void) | null;
  postMessage(news: PrepareNews): void;
};

let targets: readonly Target[] = [];
/** One after the other: compilers hold the thread anyway. */
let last: Promise<void> = Promise.resolve();

scope.onmessage = ({ data: order }) => {
  if (order.kind === "start") {
    const { settings } = order;
    targets = order.targets.map((target, index) => new Target(index, target, settings));
    for (const target of targets) prepare(target);
  } else prepare(targets[order.target]);
};

function prepare(target: Target | undefined): void {
  if (target === undefined) return;
  last = last.then(async () => scope.postMessage(await target.prepare()));
}
