/** Maps memory that it inherited, or a file, and counts in it: a process for tests. */

import process from "node:process";
import { mapFile, openSharedMemory } from "../shared_memory.ts";

const [kind, place = "", bytesText, timesText] = process.argv.slice(2);
const bytes = Number(bytesText);
const buffer = kind === "file"
  ? mapFile(place, bytes)
  : openSharedMemory({ kind: "inherited", descriptor: Number(place), bytes });
if (buffer === undefined) throw new Error("no such calls");

const words = new Int32Array(buffer);
count(words, Number(timesText));
if (kind === "file") process.kill(process.pid, "SIGKILL");

/** Often enough that it is compiled by the last tier. */
function count(words: Int32Array, times: number): void {
  Atomics.add(words, 1, 1);
  // Both begin at once.
  while (Atomics.load(words, 1) < 2) { /* until the other is there */ }
  for (let at = 0; at < times; at += 1) {
    Atomics.add(words, 0, 1);
    raise(words);
  }
}

function raise(words: Int32Array): void {
  for (;;) {
    const found = Atomics.load(words, 2);
    if (Atomics.compareExchange(words, 2, found, found + 1) === found) return;
  }
}
