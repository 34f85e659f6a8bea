/** A thread that fills and purges as fast as it can. Started as a worker. */

import { hammer, type HammerNews, type HammerOrder } from "./purge_hammer.ts";

/** A worker's own scope; the library's types describe a page's. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<HammerOrder>) => void) | null;
  postMessage(news: HammerNews): void;
};

scope.onmessage = ({ data }) => scope.postMessage(hammer(data));
