/** Programs and bounds that threads of one process share. */

import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { Account, compile, memoryPageBytes, type Program } from "@skerry/sandbox";
import type { Report, Task } from "./worker.ts";

const pages = 4;

async function counter(): Promise<Program> {
  const text = `(module (memory (export "memory") ${pages}) (func (export "next") (result i32)
    (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))) (i32.load (i32.const 0))))`;
  const compiled = await compile(new Uint8Array(await parse(text)), {
    isolation: { dirty: "never" },
    memoryBytesMax: pages * memoryPageBytes,
  });
  assert.ok(compiled.ok);
  return compiled.value;
}

async function onThread(task: Task): Promise<Report> {
  const worker = new Worker(new URL("worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(task);
    });
  } finally {
    worker.terminate();
  }
}

Deno.test("a program that one thread compiled runs on others, each with instances of its own", async () => {
  const program = (await counter()).share();
  const memory = Account.share(1000);
  const reports = await Promise.all(
    [3, 5].map((leases) => onThread({ program, memory, leases })),
  );
  assert.deepEqual(reports.map(({ answers }) => answers), [
    Array(3).fill([1]),
    Array(5).fill([1]),
  ]);
  assert.equal(Account.open(memory).used, 0);
});

Deno.test("threads share one bound on memory, and what is beyond it is refused", async () => {
  const program = (await counter()).share();
  const shared = Account.share(pages * 10);
  const here = Account.open(shared);
  // This thread has taken what would be six sandboxes.
  assert.ok(here.take(pages * 6));
  const { answers } = await onThread({ program, memory: shared, leases: 6 });
  assert.deepEqual(answers, [...Array(4).fill([1]), "no memory", "no memory"]);
  assert.equal(here.used, pages * 6);
});
