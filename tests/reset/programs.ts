/** Which programs are poisoned on each run of the tests, and which only by `main.ts`, which takes its time. */

import { realPrograms } from "../real_modules/programs.ts";
import { exampleModule, examples, moduleOf } from "./corpus.ts";

/** A module of somebody's. */
export interface Program {
  readonly name: string;
  /** Why it is left to `main.ts`, where it is. */
  readonly leftOut: string | undefined;
  readonly module: () => Promise<Uint8Array<ArrayBuffer>>;
}

const slow: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^C\+\+|for speed|qr-cpp|markdown|ab-router/, "building it takes seconds"],
  [/Binaryen|esbuild|Ruby|Perl|Python|Clang and LLD/, "compiling it takes seconds"],
  [/wabt/, "its package writes to the standard error when its module is taken"],
];

/** All of them. */
export const programs: readonly Program[] = [
  ...examples.map((example) => program(example[0], () => exampleModule(example))),
  ...realPrograms.map((real) => program(real.name, () => moduleOf(real))),
];

function program(name: string, module: Program["module"]): Program {
  return { name, module, leftOut: slow.find(([pattern]) => pattern.test(name))?.[1] };
}
