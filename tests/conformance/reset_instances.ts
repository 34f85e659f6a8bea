/**
 * Resets what a finished run of a script has left, so that the script can be run again on it.
 *
 * Only an instance whose whole state is its own can be used again. Where a memory, a table or a mutable
 * global is held by two modules, resetting either would be seen by the other, so both are made anew, as is
 * what imports from an instance that is made anew.
 */

import type { FinishedRun, Reused } from "./script_run.ts";
import type { ScriptInstance } from "./script_instances.ts";

/** What became of the instances of a run. */
export interface ResetInstances {
  readonly reused: Reused;
  /** Instances that said of themselves that they cannot be made clean. */
  readonly discarded: number;
}

/** Resets every instance that can be used again. */
export function resetInstances({ instances }: FinishedRun): ResetInstances {
  const reused = new Map<number, ScriptInstance>();
  let discarded = 0;
  for (const instance of instances.made) {
    const { running, keeps, importsFrom, command } = instance;
    const alone = keeps && !instances.isShared(instance) &&
      [...importsFrom].every((from) => reused.get(from.command) === from);
    if (!alone || running.reset === undefined) continue;
    if (running.reset() === "clean") reused.set(command, instance);
    else discarded += 1;
  }
  return { reused, discarded };
}
