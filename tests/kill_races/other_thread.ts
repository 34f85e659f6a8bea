/** Another thread, which is sent switches and uses them. */

import { type KillSwitch, terminate, type Termination } from "@skerry/sandbox";

/** What it is sent: a switch, and how long it is to dawdle first, in turns of an empty loop. */
export interface KillRequest {
  readonly number: number;
  readonly killSwitch: KillSwitch;
  readonly spins: number;
}

/** What it answers. */
export interface KillAnswer {
  readonly number: number;
  readonly termination: Termination;
}

const thread = globalThis as unknown as {
  onmessage: ((event: MessageEvent<KillRequest>) => void) | null;
  postMessage(message: KillAnswer | "ready"): void;
};

thread.onmessage = ({ data: { number, killSwitch, spins } }) => {
  const words = new Int32Array(killSwitch.cells);
  for (let spin = 0; spin < spins; spin += 1) Atomics.load(words, 0);
  thread.postMessage({ number, termination: terminate(killSwitch) });
};
thread.postMessage("ready");
