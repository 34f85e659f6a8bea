/** How the run of a guest without a sandbox ended, by what was thrown. Its frames are not looked for. */

import { classify, type Outcome } from "@skerry/sandbox";

/** The part of an outcome that only a sandbox knows. */
export const noFrames = { backtrace: [] } as const;

/** What it means that an export threw. */
export function judgeGuest(thrown: unknown): Outcome {
  const classified = classify(thrown);
  switch (classified.kind) {
    case "trap":
      return {
        kind: "trapped",
        trap: classified.trap,
        message: classified.message,
        ...noFrames,
      };
    case "stack overflow":
      return { kind: "exhausted", limit: "stack", ...noFrames };
    case "not the guest's":
      return { kind: "hostFault", error: thrown, ...noFrames };
  }
}

/** What it means that a host function threw: the guest's doing only where it had no stack left. */
export function judgeHostCall(error: unknown): Outcome {
  return classify(error).kind === "stack overflow"
    ? { kind: "exhausted", limit: "stack", ...noFrames }
    : { kind: "hostFault", error, ...noFrames };
}
