/** What was done and found, counted. */

/** Counts of a run over many modules. */
export interface Tally {
  modules: number;
  /** Modules that V8 does not take, or whose stack ran out: not compared. */
  refused: number;
  overflowed: number;
  /** Instances that neither side could make. */
  notInstantiated: number;
  artifacts: number;
  /** Artifacts that the verifier passes, and its first objections to others, by kind. */
  verified: number;
  violations: Map<string, number>;
  calls: number;
  traps: number;
  ticks: number;
  /** By what `skerry:reset` answered. */
  resets: [asNew: number, hidden: number, discard: number, both: number];
  notResettable: number;
  /** Second runs after a reset. */
  reruns: number;
  /** Those that were compared up to the first access out of bounds, since the memory is larger than it says. */
  rerunsInPart: number;
  /** Guests that were ended in the middle, and reset. */
  killed: number;
  stores: number;
  elidedMarks: number;
  loopChecks: number;
}

/** Nothing counted yet. */
export function emptyTally(): Tally {
  return {
    modules: 0,
    refused: 0,
    overflowed: 0,
    notInstantiated: 0,
    artifacts: 0,
    verified: 0,
    violations: new Map(),
    calls: 0,
    traps: 0,
    ticks: 0,
    resets: [0, 0, 0, 0],
    notResettable: 0,
    reruns: 0,
    rerunsInPart: 0,
    killed: 0,
    stores: 0,
    elidedMarks: 0,
    loopChecks: 0,
  };
}
