/** Every real program, the small ones first. */

import { binaryen } from "./binaryen.ts";
import { clang } from "./clang.ts";
import { compiledSources } from "./compiled_sources.ts";
import { esbuild } from "./esbuild.ts";
import { perl } from "./perl.ts";
import { python } from "./python.ts";
import { quickjs } from "./quickjs.ts";
import type { RealProgram } from "./real_program.ts";
import { ruby } from "./ruby.ts";
import { sqlite } from "./sqlite.ts";
import { wabt } from "./wabt.ts";

/** The list. */
export const realPrograms: readonly RealProgram[] = [
  ...compiledSources,
  quickjs,
  sqlite,
  wabt,
  binaryen,
  esbuild,
  ruby,
  perl,
  python,
  clang,
];
