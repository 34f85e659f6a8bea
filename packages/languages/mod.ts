/**
 * From source files to WASI preview 1 commands, for five languages, with nothing but npm packages.
 *
 * ```ts
 * import { build, template } from "@skerry/languages";
 *
 * const sources = new Map([["main.wat", new TextEncoder().encode('(module (memory (export "memory") 1))')]]);
 * const result = await build("wat", sources);
 * if (!result.ok) throw new Error(result.error.raw);
 * const files = template("c", "hello"); // skerry.toml, main.c, README.md
 * if (!files.has("skerry.toml")) throw new Error("no manifest");
 * ```
 *
 * @module
 */
export { build, type BuildOptions } from "./build.ts";
export { type Language, languages } from "./language.ts";
export type {
  BuildFailure,
  BuildResult,
  BuiltModule,
  SourceDiagnostic,
  Sources,
} from "./outcome.ts";
export { template } from "./template.ts";
export { assemble, printText } from "./wat.ts";
