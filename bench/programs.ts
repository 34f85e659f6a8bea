/** Programs that no one here wrote, in sandboxes: how fast each starts, and what a request writes. */

import type { Bench } from "./bench.ts";
import { measureProgram, type ProgramRow } from "./programs/measure.ts";
import { programStarts } from "./programs/programs.ts";

/** No peers: the figures of docs/languages.md. */
export const bench: Bench = {
  name: "programs",
  about: "CPython, Ruby, Perl, QuickJS and Clang in recycled sandboxes: start, answer, end",
  async run() {
    const rows: ProgramRow[] = [];
    for (const each of programStarts) rows.push(await measureProgram(each));
    return { rows, summary: { programs: rows.length } };
  },
};
