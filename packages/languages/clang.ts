/**
 * C and C++ by Clang and LLD, which themselves run as Wasm in this process.
 *
 * The compiler's file system is a tree of values: it holds the project under one folder, and the
 * toolchain's own headers and libraries (wasi-libc, libc++). The first build loads 105 MB of Wasm and
 * resources, about one second; the package keeps them, so that later builds take about 0.1 s.
 */

import { commands, Exit, type Tree } from "@yowasp/clang";
import { concatBytes, decodeUtf8 } from "@skerry/base";
import type { BuildPlan } from "./build_plan.ts";
import { parseClangOutput, projectFolder } from "./clang_diagnostics.ts";
import { headers, headersFolder } from "./guest_sdk.ts";
import { type BuildResult, built, error, failed, type Sources } from "./outcome.ts";

const output = "module.wasm";

const unitPatterns = { c: /\.c$/, cpp: /\.(?:c|cc|cpp|cxx|C)$/ } as const;

const optimizeFlags = {
  speed: ["-O2"],
  size: ["-Oz"],
  debug: ["-O0", "-g"],
  quick: ["-O1"],
} as const satisfies Record<BuildPlan["optimize"], readonly string[]>;

/** What every guest is built with; the project's own flags come after and may override it. */
const guestFlags = [
  "-fno-color-diagnostics",
  // No path of the builder's may show in __FILE__ or in debug information.
  `-ffile-prefix-map=${projectFolder}/=`,
  // Behind the project's own folders, whose headers may have any name.
  `-isystem${headersFolder}`,
  // A stack that overflows must trap at address 0 instead of running into the program's data.
  "-Wl,-z,stack-size=1048576",
  "-Wl,--stack-first",
] as const;

/** C++ exceptions need a proposal that the toolchain's libc++ is not built with. */
const cppFlags = ["-std=c++23", "-fno-exceptions"] as const;

/** Builds every C or C++ file among the sources, and links them. */
export async function buildWithClang(
  language: "c" | "cpp",
  plan: BuildPlan,
): Promise<BuildResult> {
  const units = [...plan.sources.keys()].filter((path) => unitPatterns[language].test(path));
  if (units.length === 0) return failed([error(`there is no ${language} file to compile`)], "");
  const messages: Uint8Array[] = [];
  const args = [
    ...optimizeFlags[plan.optimize],
    ...guestFlags,
    ...(language === "cpp" ? cppFlags : []),
    ...plan.flags,
    ...units.map((path) => `${projectFolder}/${path}`),
    "-o",
    output,
  ];
  const files = await run(language, args, treeOf(plan.sources), (bytes) => messages.push(bytes));
  const raw = decodeUtf8(concatBytes(messages)).replaceAll(`${projectFolder}/`, "");
  const diagnostics = parseClangOutput(raw, units);
  const wasm = files?.[output];
  return wasm instanceof Uint8Array ? built(wasm, diagnostics, raw) : failed(diagnostics, raw);
}

/** Runs the compiler; undefined where it says that it failed. */
async function run(
  language: "c" | "cpp",
  args: string[],
  files: Tree,
  onMessage: (bytes: Uint8Array) => void,
): Promise<Tree | undefined> {
  const listen = (bytes: Uint8Array | null) => {
    if (bytes !== null) onMessage(bytes.slice());
  };
  // The driver's first step takes no listener for the progress of loading, and would print it.
  await commands.clang(undefined, undefined, { fetchProgress: () => {} });
  try {
    return await commands[language === "c" ? "clang" : "clang++"](args, files, {
      stdout: listen,
      stderr: listen,
      // Else a file that happens to be ASCII would come back as a string.
      decodeASCII: false,
    });
  } catch (cause) {
    if (cause instanceof Exit) return undefined;
    throw cause;
  }
}

/** The project as the compiler's file system has it. */
function treeOf(sources: Sources): Tree {
  const root: Tree = Object.create(null);
  for (const [path, content] of sources) {
    const parts = [projectFolder, ...path.split("/")];
    const name = parts.pop() ?? path;
    let folder = root;
    for (const part of parts) {
      const next = folder[part];
      folder = typeof next === "object" && !(next instanceof Uint8Array)
        ? next
        : (folder[part] = Object.create(null) as Tree);
    }
    folder[name] = content;
  }
  root[headersFolder] = Object.assign(Object.create(null), headers);
  return root;
}
