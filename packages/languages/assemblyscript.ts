/**
 * AssemblyScript by its own compiler.
 *
 * The entry's top-level statements are the program: they become `_start`. A library file of ours stands
 * in for the three functions that AssemblyScript otherwise imports from a JavaScript host.
 */

import asc from "assemblyscript/asc";
import { decodeUtf8 } from "@skerry/base";
import { hostLibrary, hostLibraryName } from "./assemblyscript_library.ts";
import type { BuildPlan } from "./build_plan.ts";
import { assemblyScriptLibrary } from "./guest_sdk.ts";
import { type BuildResult, built, failed, place, type SourceDiagnostic } from "./outcome.ts";

const output = "module.wasm";
const libraryFolder = "skerry-library";

/** The library's files: what programs need of a host, and what they may call beyond that. */
const library: ReadonlyMap<string, string> = new Map([
  [`${hostLibraryName}.ts`, hostLibrary],
  ["skerry.ts", assemblyScriptLibrary],
]);

const optimizeFlags = {
  speed: ["--optimizeLevel", "3", "--shrinkLevel", "0", "--converge"],
  size: ["--optimizeLevel", "2", "--shrinkLevel", "2", "--converge"],
  debug: ["--debug"],
  quick: ["--optimizeLevel", "1", "--debug"],
} as const satisfies Record<BuildPlan["optimize"], readonly string[]>;

/** Compiles the entry and what it imports. */
export async function buildAssemblyScript(plan: BuildPlan): Promise<BuildResult> {
  const args = [
    plan.entry,
    "--outFile",
    output,
    // It would colour its messages wherever it guesses that somebody likes that.
    "--noColors",
    "--exportStart",
    "_start",
    "--lib",
    libraryFolder,
    ...["abort", "seed", "trace"].flatMap((name) => [
      "--use",
      `${name}=~lib/${hostLibraryName}/${name}`,
    ]),
    ...optimizeFlags[plan.optimize],
    ...plan.flags,
  ];
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(args, {
    readFile: (name, folder) => readSource(plan, name, folder),
    writeFile(name, content) {
      if (name === output && content instanceof Uint8Array) wasm = content;
    },
    listFiles: (folder) => folder === libraryFolder ? [...library.keys()] : [],
  });
  const raw = stderr.toString();
  const diagnostics = parseMessages(raw);
  return error === null && wasm !== undefined
    ? built(wasm, diagnostics, raw)
    : failed(diagnostics, raw);
}

/** The compiler reads `name` inside `folder`, where `.` is the project; null says that it is not there. */
function readSource(plan: BuildPlan, name: string, folder: string): string | null {
  if (folder === libraryFolder) return library.get(name) ?? null;
  const content = plan.sources.get(name);
  return content === undefined ? null : decodeUtf8(content);
}

const severities: Readonly<Record<string, SourceDiagnostic["severity"]>> = {
  ERROR: "error",
  WARNING: "warning",
};

/** Each message is a line `ERROR TS2304: …`, an excerpt, and a line `└─ in main.ts(2,10)`. */
function parseMessages(raw: string): SourceDiagnostic[] {
  const pattern =
    /^(?<severity>[A-Z]+) (?:TS|AS)\d+: (?<message>.*)$(?:(?!\n\n)[^])*?└─ in (?<file>.*)\((?<line>\d+),(?<column>\d+)\)|^(?<lone>[A-Z]+) (?:TS|AS)\d+: (?<text>.*)$/gm;
  return [...raw.matchAll(pattern)].map(({ groups = {} }) => ({
    severity: severities[groups["severity"] ?? groups["lone"] ?? ""] ?? "note",
    message: groups["message"] ?? groups["text"] ?? "",
    file: groups["file"],
    ...(groups["line"] === undefined
      ? {}
      : place(Number(groups["line"]), Number(groups["column"]))),
  }));
}
