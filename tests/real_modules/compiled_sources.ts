/** Programs that are built on the spot: C and C++ in several ways, and AssemblyScript. */

import { fileURLToPath } from "node:url";
import { encodeUtf8 } from "@skerry/base";
import { build, type BuildOptions, type Language } from "@skerry/languages";
import { assemblyScriptOutput, assemblyScriptSource } from "./assemblyscript_source.ts";
import type { RealProgram } from "./real_program.ts";
import { runCommand } from "./wasi_command.ts";

const cOutput = `argument 1: first
argument 2: second
cell trap lease module outcome sandbox instance 
depth 33, crc cbf43926
21.681811878 -24 148933 -3074457345618258602
d090d3bf
[exit 7]
`;

const cppOutput = `shape 113.0973
shape 50.2655
square 25.0000
shape 12.5664
square 9.0000
square 1.0000
1: bird cat dog
2: and
3: the
17711
number 7
text seven
sum 7
`;

/** The C program by Clang, with each of these sets of options. */
const cVariants: Readonly<Record<string, BuildOptions>> = {
  "-O0": { flags: ["-O0"] },
  "-O2": { flags: ["-O2"] },
  "-O2 -g": { flags: ["-O2", "-g"] },
  "-O0 -g": { flags: ["-O0", "-g"] },
  "-Oz": { flags: ["-Oz"] },
  "-O3 -msimd128": { flags: ["-O3", "-msimd128"] },
};

/** One program for each way of building. */
export const compiledSources: readonly RealProgram[] = [
  ...Object.entries(cVariants).map(([flags, options]) =>
    programOf(`C by Clang ${flags}`, "c", () => fixture("work.c"), cOutput, options)
  ),
  ...["-O0", "-O2"].map((flag) =>
    programOf(`C++ by Clang ${flag}`, "cpp", () => fixture("work.cpp"), cppOutput, {
      flags: [flag],
    })
  ),
  ...(["debug", "speed"] as const).map((optimize) =>
    programOf(
      `AssemblyScript for ${optimize}`,
      "assemblyscript",
      () => Promise.resolve(["main.ts", encodeUtf8(assemblyScriptSource)] as const),
      assemblyScriptOutput,
      { optimize },
    )
  ),
];

type SourceFile = readonly [path: string, content: Uint8Array];

function programOf(
  name: string,
  language: Language,
  source: () => Promise<SourceFile>,
  output: string,
  options: BuildOptions,
): RealProgram {
  let built: Promise<Uint8Array<ArrayBuffer>> | undefined;
  return {
    name,
    output,
    async run(instantiate) {
      built ??= source().then((file) => buildOrFail(language, file, options));
      return await runCommand(instantiate, await built, { args: ["work", "first", "second"] });
    },
  };
}

async function buildOrFail(language: Language, file: SourceFile, options: BuildOptions) {
  const result = await build(language, new Map([file]), options);
  if (!result.ok) throw new Error(result.error.raw);
  return result.value.wasm;
}

async function fixture(name: string): Promise<SourceFile> {
  const path = fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
  return [name, await Deno.readFile(path)];
}
