/** The one table from how a guest ended to what its client is told. */

import type { CgiHead } from "@skerry/http";
import type { Outcome } from "@skerry/sandbox";
import type { GuestResponseState } from "./guest_response.ts";

/** What to tell the client, and the log. */
export type Verdict =
  | { readonly kind: "respond"; readonly head: CgiHead }
  | { readonly kind: "fail"; readonly status: number; readonly why: string };

/** Judges a finished guest by how it ended and what it wrote. */
export function judge(outcome: Outcome, response: GuestResponseState): Verdict {
  switch (outcome.kind) {
    case "returned":
      return judgeOutput(response);
    case "exited":
      return outcome.code === 0
        ? judgeOutput(response)
        : fail(500, `the program exited with code ${outcome.code}`);
    case "trapped":
      return fail(500, `the program trapped: ${outcome.trap}`);
    case "exhausted":
      return outcome.limit === "wall time" || outcome.limit === "CPU time"
        ? fail(504, "the program did not finish in time")
        : fail(500, `the program ran out of its ${outcome.limit}`);
    case "killed":
      return response.kind === "malformed"
        ? judgeOutput(response)
        : fail(503, `the program was ended: ${outcome.reason}`);
    case "hostFault":
      return fail(500, "the host failed");
  }
}

function judgeOutput(response: GuestResponseState): Verdict {
  switch (response.kind) {
    case "valid":
      return { kind: "respond", head: response.head };
    case "malformed":
      return fail(502, `the program's output is no CGI response: ${response.why}`);
    case "incomplete":
      return response.empty ? fail(502, "the program wrote no response") : fail(
        502,
        "the program's output is no CGI response: the empty line after its header is missing",
      );
  }
}

function fail(status: number, why: string): Verdict {
  return { kind: "fail", status, why };
}
