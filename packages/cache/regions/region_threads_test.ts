/** Regions as they are used: by threads that run at the same time. */

import assert from "node:assert/strict";
import { type HammerReport, type HammerTask, hammerWords } from "../testing/hammer.ts";
import { planMemory } from "./memory_plan.ts";
import { formatMemory } from "./node_memory.ts";

const threads = 3;
const steps = 60_000;
const keys = 2_000;

function run(task: HammerTask): Promise<HammerReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("../testing/hammer.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(task);
  });
}

Deno.test("INV-18: threads that write at the same time never find what is torn, older, or another's", async () => {
  const bytes = 2 ** 20;
  const seed = Math.floor(performance.now() * 1000) & 0xffffff;
  console.log(`seed ${seed}`);
  const plan = planMemory(bytes, threads, 1024) ?? assert.fail("too small");
  const memory = new SharedArrayBuffer(bytes);
  formatMemory(memory, plan, { low: seed, high: 1 });
  const words = new SharedArrayBuffer(keys * hammerWords * 4);
  const reports = await Promise.all(Array.from(
    { length: threads },
    (_, region) => run({ memory, keys: words, region, steps, seed: seed + region }),
  ));
  assert.deepEqual(reports.flatMap(({ wrong }) => wrong), []);
  for (const { found, changed, evictions } of reports) {
    assert.ok(found > steps / 20, `${found} found`);
    assert.ok(changed > steps / 20, `${changed} changed`);
    assert.ok(evictions > 100, `${evictions} evicted`);
  }
});
