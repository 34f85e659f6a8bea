/** A process that keeps, finds and deletes in the memory of a node's cache until it is told to end, or is killed. */

import process from "node:process";
import { openSharedMemory } from "@skerry/platform";
import { hammer } from "../../packages/cache/testing/hammer.ts";

/** Words behind the keys: whether to end. */
export const stopWords = 1;

/** What the process is told, as JSON in its first argument. */
export interface CacheProcessTask {
  readonly memory: { readonly descriptor: number; readonly bytes: number };
  readonly keys: { readonly descriptor: number; readonly bytes: number };
  readonly region: number;
  readonly seed: number;
}

if (import.meta.main) {
  const task: CacheProcessTask = JSON.parse(process.argv[2] ?? "");
  const memory = openSharedMemory({ kind: "inherited", ...task.memory });
  const words = new Int32Array(openSharedMemory({ kind: "inherited", ...task.keys }));
  const keys = openSharedMemory({ kind: "inherited", ...task.keys });
  for (let round = 0; Atomics.load(words, words.length - stopWords) === 0; round += 1) {
    const report = hammer({
      ...{ memory, keys, region: task.region },
      ...{ steps: 5_000, seed: task.seed + round },
    });
    console.log(JSON.stringify(report));
  }
}
