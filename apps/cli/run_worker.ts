/** The thread in which `skerry run --timeout` runs its guest. Gets a GuestRun, tells how to end it, and how it ended. */

import type { KillSwitch } from "@skerry/sandbox";
import { failureCode } from "./failure_code.ts";
import { type GuestRun, type RunEnd, runGuest } from "./guest_run.ts";
import { noteError } from "./output.ts";

/** What the thread says: from now on its guest can be ended; it has ended. */
export type RunNews =
  | { readonly kind: "began"; readonly killSwitch: KillSwitch }
  | { readonly kind: "ended"; readonly end: RunEnd };

/** A worker's own scope; the library's types describe a page's. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<GuestRun>) => void) | null;
  postMessage(news: RunNews): void;
};

scope.onmessage = async ({ data }) => {
  try {
    const began = (killSwitch: KillSwitch) => scope.postMessage({ kind: "began", killSwitch });
    scope.postMessage({ kind: "ended", end: await runGuest(data, began) });
  } catch (error) {
    noteError(error);
    scope.postMessage({ kind: "ended", end: failureCode(error) });
  }
};
