/** How a run's outcome is told to the person, and to the shell. */

import { printable } from "@skerry/base";
import { formatFrame } from "@skerry/edge";
import type { Frame, Outcome } from "@skerry/sandbox";
import { exitCode } from "./exit_code.ts";

/** The exit code for an outcome, and what to say on stderr. */
export function reportOutcome(
  outcome: Outcome,
): { readonly code: number; readonly lines: string[] } {
  switch (outcome.kind) {
    case "returned":
      return { code: exitCode.success, lines: [] };
    case "exited":
      return { code: shellCode(outcome.code), lines: [] };
    case "trapped":
      return {
        code: exitCode.trapped,
        lines: [
          `skerry: the program trapped: ${outcome.trap} (${printable(outcome.message)})`,
          ...frames(outcome.backtrace),
        ],
      };
    case "exhausted": {
      const code = outcome.limit === "wall time" ? exitCode.timedOut : exitCode.trapped;
      const what = outcome.limit === "wall time" ? "time" : outcome.limit;
      return {
        code,
        lines: [`skerry: the program ran out of its ${what}`, ...frames(outcome.backtrace)],
      };
    }
    case "killed":
      return {
        code: exitCode.trapped,
        lines: [`skerry: the program was ended: ${outcome.reason}`, ...frames(outcome.backtrace)],
      };
    case "hostFault":
      return {
        code: exitCode.hostFault,
        lines: [
          `skerry: the host failed: ${printable(String(outcome.error), 1000)}`,
          ...frames(outcome.backtrace),
        ],
      };
  }
}

/** Shells see eight bits; a code that is not 0 must not become 0 by that. */
function shellCode(code: number): number {
  return code !== 0 && (code & 0xff) === 0 ? exitCode.failed : code & 0xff;
}

function frames(backtrace: readonly Frame[]): string[] {
  return backtrace.map((frame, depth) => `  ${String(depth).padStart(3)}: ${formatFrame(frame)}`);
}
