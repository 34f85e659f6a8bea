/** What came of the mutants, and the table that says so. */

/** Of one kind of mutation. */
export interface Counts {
  /** Mutants that the engine takes. */
  tried: number;
  refused: number;
  equivalent: number;
  /** Mutants that the engine refuses: these do no harm. */
  invalid: number;
  /** How often each rule said that nothing was broken. */
  readonly rules: Map<string, number>;
}

/** A mutant that was let through and that no rule explains, or that was refused for the wrong reason. */
export interface Hole {
  readonly mutation: string;
  readonly subject: string;
  readonly place: string;
  readonly said: string;
  readonly bytes: Uint8Array;
}

/** Of all of them. */
export interface Tally {
  readonly byMutation: Map<string, Counts>;
  readonly holes: Hole[];
}

/** Nothing counted yet. */
export function emptyTally(): Tally {
  return { byMutation: new Map(), holes: [] };
}

/** Nothing counted yet of one kind. */
export function newCounts(): Counts {
  return { tried: 0, refused: 0, equivalent: 0, invalid: 0, rules: new Map() };
}

/** The table: one line for each kind, and one for all. */
export function tableOf({ byMutation, holes }: Tally): string {
  const lines = [...byMutation].map(([name, counts]) => lineOf(name, counts));
  const sum = (of: (counts: Counts) => number): number =>
    [...byMutation.values()].reduce((total, counts) => total + of(counts), 0);
  const all = {
    tried: sum(({ tried }) => tried),
    refused: sum(({ refused }) => refused),
    equivalent: sum(({ equivalent }) => equivalent),
    invalid: sum(({ invalid }) => invalid),
    rules: new Map<string, number>(),
  };
  const head = `${"mutation".padEnd(nameWidth)}   tried refused  equiv. invalid`;
  return [head, ...lines, lineOf(`${byMutation.size} kinds, ${holes.length} holes`, all)].join(
    "\n",
  );
}

const nameWidth = 66;

function lineOf(name: string, { tried, refused, equivalent, invalid, rules }: Counts): string {
  const numbers = [tried, refused, equivalent, invalid].map((count) => String(count).padStart(8));
  const why = [...rules].map(([rule, count]) => `${rule} (${count})`).join("; ");
  return `${name.padEnd(nameWidth)}${numbers.join("")}${why === "" ? "" : `  ${why}`}`;
}

/** What is wrong, one line for each. */
export function holesOf({ holes }: Tally): string {
  return holes.map(({ mutation, subject, place, said }) =>
    `${mutation}: ${subject}, ${place}: ${said}`
  )
    .join("\n");
}
