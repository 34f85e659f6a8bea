/** How a module is compiled and run: which passes, and how much fuel each tick gives. */

import type { Passes } from "@skerry/compiler";

/** One way to compile and run. */
export interface Variant {
  readonly name: string;
  readonly passes: Partial<Passes>;
  /** What each tick answers. */
  readonly quantum: number;
}

const always: Variant = {
  name: "marks, ticks at every charge",
  passes: { dirty: "always" },
  quantum: 1,
};

const others: readonly Variant[] = [
  { name: "automatic", passes: {}, quantum: 1000 },
  { name: "marks without ticks", passes: { preempt: false, dirty: "always" }, quantum: 1 },
  { name: "no marks", passes: { dirty: "never" }, quantum: 1 },
  { name: "ticks alone", passes: { grow: false, reset: false }, quantum: 37 },
  { name: "growth alone", passes: { preempt: false, reset: false }, quantum: 1 },
  { name: "marks, a large quantum", passes: { dirty: "always" }, quantum: 1 << 20 },
];

/** The ways for a module: marks always, and one of the others in turn. */
export function variantsOf(seed: number): readonly Variant[] {
  return [always, ...others.slice(seed % others.length, seed % others.length + 1)];
}
