/** From source files to a WASI preview 1 command, whichever the language. */

import type { BuildPlan } from "./build_plan.ts";
import type { Language } from "./language.ts";
import { type BuildResult, error, failed, type Sources } from "./outcome.ts";
import { pathFault } from "./paths.ts";

/** How to build. */
export interface BuildOptions {
  /** The file to start from, a key of the sources; the first one where absent. */
  readonly entry?: string;
  /** Further flags for the compiler, after ours. JavaScript and WAT take none. */
  readonly flags?: readonly string[];
  /**
   * `"speed"` where absent; `"debug"` builds without optimisation and with debug information; `"quick"` is built soonest
   * among what is not slow, with the names of functions.
   */
  readonly optimize?: "speed" | "size" | "debug" | "quick";
}

/**
 * Builds a module. The compilers see the sources that are handed over and nothing else of the machine;
 * the same sources and options give the same bytes.
 *
 * @param sources files of the project by relative path (`src/main.c`); headers and imported modules too
 */
export async function build(
  language: Language,
  sources: Sources,
  options: BuildOptions = {},
): Promise<BuildResult> {
  const [first] = sources.keys();
  const entry = options.entry ?? first;
  if (entry === undefined) return failed([error("there are no source files")], "");
  if (!sources.has(entry)) return failed([error("no such source file", entry)], "");
  const faults = [...sources.keys()].flatMap((path) => {
    const fault = pathFault(path);
    return fault === undefined ? [] : [error(fault, path)];
  });
  if (faults.length > 0) return failed(faults, "");
  const { flags = [], optimize = "speed" } = options;
  return await buildWith(language, { sources, entry, flags, optimize });
}

/** Compilers are large: each is loaded when it is first wanted. */
async function buildWith(language: Language, plan: BuildPlan): Promise<BuildResult> {
  switch (language) {
    case "c":
    case "cpp":
      return (await import("./clang.ts")).buildWithClang(language, plan);
    case "assemblyscript":
      return (await import("./assemblyscript.ts")).buildAssemblyScript(plan);
    case "wat":
      return (await import("./wat.ts")).buildWat(plan);
    case "javascript":
      return (await import("./javascript/build.ts")).buildJavaScript(plan);
  }
}
