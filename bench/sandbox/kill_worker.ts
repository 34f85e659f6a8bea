/** The other thread of kill_child.ts: ends guests, and tells when it did. */

import { type KillSwitch, terminate } from "@skerry/sandbox";
import { answerPings, type SharedTimes, timesOf } from "./shared_times.ts";

/** What the thread is asked: to have its clock compared, or to end a guest after a while. */
export type KillRequest =
  | { readonly kind: "compare"; readonly shared: SharedTimes }
  | {
    readonly kind: "kill";
    readonly shared: SharedTimes;
    readonly killSwitch: KillSwitch;
    readonly afterMs: number;
  };

const worker = self as unknown as {
  onmessage: (event: MessageEvent<KillRequest>) => void;
  postMessage(message: string): void;
};

worker.onmessage = ({ data }) => {
  if (data.kind === "compare") return answerPings(data.shared);
  const idle = new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(idle, 0, 0, data.afterMs);
  timesOf(data.shared)[0] = performance.now();
  const came = terminate(data.killSwitch);
  worker.postMessage(came);
};

worker.postMessage("ready");
