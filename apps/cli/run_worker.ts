/** The thread in which `skerry run --timeout` runs its guest. Gets a GuestRun, answers with an exit code. */

import { failureCode } from "./failure_code.ts";
import { type GuestRun, runGuest } from "./guest_run.ts";
import { noteError } from "./output.ts";

/** A worker's own scope; the library's types describe a page's. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<GuestRun>) => void) | null;
  postMessage(code: number): void;
};

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage(await runGuest(data));
  } catch (error) {
    noteError(error);
    scope.postMessage(failureCode(error));
  }
};
