/** One source, three runtimes: what the wasm room makes of real modules is the same on each. */

import assert from "node:assert/strict";
import type { Job } from "./job.ts";
import { type ModuleReport, run } from "./portable_work.ts";
import { testOnEachRuntime } from "./runtimes.ts";
import { root } from "./tools.ts";

const files: Readonly<Record<string, string>> = {
  QuickJS: "node_modules/quickjs-wasi/quickjs.wasm",
  SQLite: "node_modules/sql.js/dist/sql-wasm.wasm",
  esbuild: "node_modules/esbuild-wasm/esbuild.wasm",
};
const job: Job = { entry: "tests/runtimes/portable_work.ts", files };

let expected: Promise<Record<string, ModuleReport>> | undefined;

/** What the work says in this very process. */
async function inThisProcess(): Promise<Record<string, ModuleReport>> {
  const contents = Object.entries(files).map(async ([name, path]) =>
    [name, await Deno.readFile(`${root}/${path}`)] as const
  );
  return await run({ files: Object.fromEntries(await Promise.all(contents)), parameters: {} });
}

await testOnEachRuntime("real modules are decoded and encoded as here", async (runtime) => {
  const reports = await (expected ??= inThisProcess());
  assert.deepEqual(await runtime.run(job), reports);
  const named = (which: "same" | "stable") =>
    Object.entries(reports).filter(([, report]) => report[which]).map(([name]) => name);
  // Go's linker writes the sizes of its sections in five bytes each, whether or not they are needed.
  assert.deepEqual(named("same"), ["QuickJS", "SQLite"]);
  assert.deepEqual(named("stable"), Object.keys(files));
});

await testOnEachRuntime("work that fails says why", async (runtime) => {
  const broken: Job = { ...job, files: { broken: "deno.json" } };
  await assert.rejects(runtime.run(broken), /magic/i);
});

await testOnEachRuntime("a stack can be suspended", async (runtime) => {
  const answer = await runtime.run({ entry: "tests/runtimes/portable_suspension.ts" });
  assert.equal(answer, 42);
});
