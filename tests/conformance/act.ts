/** Does one action of a script on the instance that it names. */

import { type ExactCalls, Unfit } from "./exact_calls.ts";
import type { Literals } from "./literals.ts";
import { type Ending, endingOf } from "./observation.ts";
import type { ScriptInstance } from "./script_instances.ts";
import type { Action } from "./wast_command.ts";

/** Calls the function, or gets the global, and tells how that ended. */
export function act(
  action: Action,
  { script, running }: ScriptInstance,
  calls: ExactCalls,
  literals: Literals,
): Ending {
  const target = script.targets.get(action.name);
  const exported = running.exports[action.name];
  if (target === undefined || exported === undefined) {
    return { kind: "failed", message: `no export ${JSON.stringify(action.name)}` };
  }
  try {
    const values = calls.call(exported, target, action.arguments, literals);
    return { kind: "returned", values };
  } catch (error) {
    return error instanceof Unfit ? { kind: "failed", message: error.message } : endingOf(error);
  }
}
