/**
 * Modules by Binaryen's fuzzer (`wasm-opt --translate-to-fuzz`), in this process: the tool's script is compiled
 * once, and its module instantiated anew for each run, since it keeps state.
 */

import * as files from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import type { Random } from "./random.ts";

/** Makes modules until it is closed. */
export interface BinaryenModules {
  /** A module from chance; undefined where the tool itself fails. */
  next(random: Random): Promise<Uint8Array<ArrayBuffer> | undefined>;
  close(): void;
}

/** What the tool's script asks of its surroundings. */
interface Tool {
  readonly arguments: readonly string[];
  readonly print: () => void;
  readonly printErr: () => void;
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance) => void,
  ): void;
}

/** The functions of the tool's script that are called here. */
interface ToolScript {
  findWasmBinary(): Uint8Array;
  createWasm(): Promise<unknown>;
  run(): Promise<void>;
}

type LoadTool = (
  tool: Tool,
  require: (name: string) => unknown,
  process: unknown,
  directory: string,
) => ToolScript;

/** Binaryen's features that V8 does not have, or has under a flag. */
const absent = [
  "compact-imports",
  "custom-descriptors",
  "custom-page-sizes",
  "fp16",
  "multibyte",
  "relaxed-atomics",
  "shared-everything",
  "stack-switching",
  "strings",
  "wide-arithmetic",
];

/** What is left out of one module in some: Binaryen uses wherever it can what is enabled. */
const optional = [
  "bulk-memory",
  "exception-handling",
  "memory64",
  "multimemory",
  "multivalue",
  "simd",
  "tail-call",
];

/** Opens the tool. */
export function openBinaryen(): BinaryenModules {
  const load = loader();
  const module = new WebAssembly.Module(new Uint8Array(load(idle([])).findWasmBinary()));
  const folder = files.mkdtempSync(`${tmpdir()}/skerry-binaryen-`);
  const output = `${folder}/output.wasm`;
  return {
    async next(random) {
      files.writeFileSync(`${folder}/input`, random.bytes(random.between(600, 4000)));
      const tool = idle([`${folder}/input`, "-ttf", "-o", output, ...options(random)]);
      const script = load(tool);
      tool.instantiateWasm = (imports, done) => done(new WebAssembly.Instance(module, imports));
      await script.createWasm();
      try {
        await script.run();
      } catch (error) {
        if (error instanceof WebAssembly.RuntimeError) return undefined;
        throw error;
      }
      return new Uint8Array(files.readFileSync(output));
    },
    close: () => files.rmSync(folder, { recursive: true, force: true }),
  };
}

/** A tool that does nothing when it is loaded, for want of a module. */
function idle(words: readonly string[]): Tool {
  return { arguments: words, print: () => {}, printErr: () => {}, instantiateWasm: () => {} };
}

function loader(): (tool: Tool) => ToolScript {
  const path = fileURLToPath(
    new URL("../../node_modules/binaryen/bin/wasm-opt", import.meta.url),
  );
  const text = files.readFileSync(path, "utf8").replace(/^#!.*/, "");
  const wrapped = new Script(
    `(function (Module, require, process, __dirname, module) {${text}
    return { findWasmBinary, createWasm, run }; })`,
    { filename: path },
  );
  const load: LoadTool = wrapped.runInThisContext();
  const require = quiet(createRequire(path));
  // A copy, for the tool sets the exit code.
  const { platform, versions } = process;
  const surroundings = { ...process, platform, versions, argv: ["", path], exitCode: 0 };
  return (tool) => load(tool, require, surroundings, "/");
}

/** The tool's way to Node's modules, where what it writes to the standard error is dropped. */
function quiet(require: NodeJS.Require): (name: string) => unknown {
  return (name) => {
    if (name !== "node:fs") return require(name);
    const writeSync = (file: number, bytes: Uint8Array, start: number, length: number) =>
      file === 2 ? length : files.writeSync(file, bytes, start, length);
    return { ...files, writeSync };
  };
}

function options(random: Random): string[] {
  const without = optional.filter(() => random.chance(0.15));
  // Most modules with objects in immutable globals cannot be reset.
  if (random.chance(0.6)) without.push("gc");
  if (random.chance(0.9)) without.push("threads");
  return [
    "--all-features",
    ...[...absent, "relaxed-simd", ...without].map((feature) => `--disable-${feature}`),
    "--no-validation",
    // V8 refuses a module with both kinds of exception handling; NaNs' bits are anyone's choice.
    "--translate-to-exnref",
    "--denan",
  ];
}
