/** What a thread's other guests notice of endless loops, and how fast a loop ends when somebody wants it to. */

import { rounded } from "../bench.ts";
import { runChild } from "./child.ts";

type Figures = Readonly<Record<string, number>>;

/** Milliseconds of a neighbour's requests, and of loops beyond their budget (fairness_child.ts). */
export async function measureFairness(): Promise<Figures> {
  return figures(await runChild("fairness_child.ts", []));
}

/** Microseconds from `terminate` to the outcome (kill_child.ts). */
export async function measureKills(): Promise<Figures> {
  return figures(await runChild("kill_child.ts", []));
}

/** Numbers alone, rounded: anything else would be a figure that was not measured. */
function figures(found: unknown): Figures {
  const entries = Object.entries(found as object).map(([name, value]: [string, unknown]) => {
    if (typeof value !== "number") throw new Error(`${name} was not measured`);
    return [name, rounded(value)] as const;
  });
  return Object.fromEntries(entries);
}
