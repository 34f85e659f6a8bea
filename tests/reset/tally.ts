/** What a run of the check has looked at, so that one that looked at little is not taken for a proof. */

/** Counts. */
export interface Tally {
  artifacts: number;
  /** Of them, those that were poisoned and reset. */
  checked: number;
  notResettable: number;
  notInstantiated: number;
  resets: number;
  /** Bytes that were poisoned, and stores of a few at a time. */
  bytes: number;
  stores: number;
  /** Memories that have grown. */
  grown: number;
}

/** Nothing yet. */
export function emptyTally(): Tally {
  return {
    artifacts: 0,
    checked: 0,
    notResettable: 0,
    notInstantiated: 0,
    resets: 0,
    bytes: 0,
    stores: 0,
    grown: 0,
  };
}

/** On one line. */
export function tallyText(tally: Tally): string {
  return `${tally.checked} of ${tally.artifacts} artifacts poisoned (${tally.notResettable} have no ` +
    `reset, ${tally.notInstantiated} no instance): ${tally.resets} resets after ` +
    `${
      (tally.bytes / 2 ** 20).toFixed(0)
    } MiB, ${tally.stores} single stores, ${tally.grown} growths`;
}
