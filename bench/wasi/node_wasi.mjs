// Node's own WASI, in a process of Node: takes a line of JSON for each use and answers with what it took.

import { openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { WASI } from "node:wasi";

const sink = openSync("/dev/null", "r+");
const modules = new Map();

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(use(JSON.parse(line)))}\n`);
}

/** Runs an export once, in a new instance. */
function use({ path, folder, args, entry, numbers }) {
  if (!modules.has(path)) modules.set(path, new WebAssembly.Module(readFileSync(path)));
  const module = modules.get(path);
  const started = performance.now();
  const wasi = new WASI({
    version: "preview1",
    args,
    preopens: folder === undefined ? {} : { "/": folder },
    stdin: sink,
    stdout: sink,
    stderr: sink,
    returnOnExit: true,
  });
  const instance = new WebAssembly.Instance(module, wasi.getImportObject());
  let answer = 0;
  if (entry === "_start") {
    const code = wasi.start(instance);
    if (code !== 0) throw new Error(`exit ${code}`);
  } else {
    wasi.initialize(instance);
    answer = instance.exports[entry](...numbers);
  }
  return { ms: performance.now() - started, answer };
}
