/** What a node does now and then: it removes what is over or that nobody needs. */

import type { Control } from "@skerry/control";
import type { DatabaseKeyValues } from "@skerry/hostcalls";

/** What is kept in order. */
export interface HousekeepingParts {
  readonly control: Control;
  readonly keyValues: DatabaseKeyValues;
  readonly onProblem: (problem: string) => void;
}

/** Keys whose time is over: how many are removed at once, and how often. */
const [sweptKeysMax, sweepEveryMs] = [1_000, 1_000];

/** How often modules and artifacts are looked for that nothing needs, in milliseconds. */
const collectEveryMs = 600_000;

/** Keeps a node's state in order. */
export class Housekeeping {
  readonly #timers: readonly ReturnType<typeof setInterval>[];

  constructor({ control, keyValues, onProblem }: HousekeepingParts) {
    const told = (error: unknown) =>
      onProblem(error instanceof Error ? error.message : String(error));
    this.#timers = [
      setInterval(() => keyValues.sweep(sweptKeysMax), sweepEveryMs),
      setInterval(() => void control.modules.collect().catch(told), collectEveryMs),
    ];
  }

  /** Does no more. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }
}
