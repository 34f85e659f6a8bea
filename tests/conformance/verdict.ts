/** What is to be said of one command, after it was run on V8 as written and as compiled. */

import { agree } from "./agreement.ts";
import { meets } from "./expectation.ts";
import { describeObservation, type Observation } from "./observation.ts";
import type { Script } from "./script.ts";
import type { Command } from "./wast_command.ts";

/** What came of a command in each run. */
export interface Observations {
  readonly plain: Observation;
  readonly compiled: Observation;
  /** After a reset, where there was a second run. */
  readonly again: Observation | undefined;
}

/** What is to be said of a command. */
export type Verdict =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly difference: string }
  /** Neither: V8 itself does not do what the script expects, or nothing can be run. */
  | { readonly kind: "skipped"; readonly by: "V8" | "us"; readonly reason: string }
  /** Nothing to judge. */
  | { readonly kind: "uncounted" };

/** Judges one command of a script by its index. */
export function verdictOf(
  script: Script,
  index: number,
  command: Command,
  { plain, compiled, again }: Observations,
): Verdict {
  const inexpressible = script.inexpressible.get(index);
  if (inexpressible !== undefined) return { kind: "skipped", by: "us", reason: inexpressible };
  const { literals } = script;
  if (!agree(command, plain, compiled, literals)) {
    return failed(command, plain, "compiled", compiled);
  }
  if (again !== undefined && !isIdle(again) && !agree(command, plain, again, literals)) {
    return failed(command, plain, "after a reset", again);
  }
  if (meets(command, plain, literals)) {
    return { kind: command.kind === "register" ? "uncounted" : "passed" };
  }
  const by = isIdle(plain) ? "us" : "V8";
  return { kind: "skipped", by, reason: `${titleOf(command)}: ${describeObservation(plain)}` };
}

/** Not done in the second run: the module was not made again, since it was reset. */
function isIdle({ ending }: Observation): boolean {
  return ending.kind === "idle";
}

function failed(
  command: Command,
  plain: Observation,
  run: string,
  other: Observation,
): Verdict {
  const difference = `${titleOf(command)}: plain ${describeObservation(plain)}; ` +
    `${run} ${describeObservation(other)}`;
  return { kind: "failed", difference };
}

function titleOf(command: Command): string {
  switch (command.kind) {
    case "action":
    case "return":
    case "failure":
      return `${command.action.kind} ${JSON.stringify(command.action.name)}`;
    case "refusal":
      return `a module that is ${command.refusal === "trap" ? "to trap" : command.refusal}`;
    default:
      return command.kind;
  }
}
