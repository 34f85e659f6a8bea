/** Whether every page that was written is marked, or lies in the slack of one that is. */

import { firstDifference } from "./bytes.ts";
import { exposedName } from "./exposed.ts";
import type { MemoryFacts } from "./artifact_facts.ts";
import { bufferOf } from "./state.ts";

const pageBytes = 4096;
const slackBytes = 1024;

/** Pages of the memories with a barrier that differ from the start without being marked, as texts. */
export function unmarkedPages(
  memories: readonly MemoryFacts[],
  exports: WebAssembly.Exports,
  fresh: WebAssembly.Exports,
): string[] {
  return memories.flatMap(({ mode, mapOffset }, index) => {
    if (mode !== "barrier") return [];
    const name = exposedName("memory", index);
    const marks = new Uint8Array(bufferOf(exports["skerry:side"]), mapOffset);
    const at = firstUnmarked(bufferOf(exports[name]), bufferOf(fresh[name]), marks);
    return at < 0 ? [] : [`memory ${index} was written at ${at}, which is not marked`];
  });
}

/** Pages within a memory's size that are still marked after a reset, as texts. */
export function leftMarks(
  memories: readonly MemoryFacts[],
  exports: WebAssembly.Exports,
): string[] {
  return memories.flatMap(({ mode, mapOffset }, index) => {
    if (mode !== "barrier") return [];
    const pages = bufferOf(exports[exposedName("memory", index)]).byteLength / pageBytes;
    const marks = new Uint8Array(bufferOf(exports["skerry:side"]), mapOffset, pages);
    const page = marks.findIndex((mark) => mark !== 0);
    return page < 0 ? [] : [`page ${page} of memory ${index} is still marked after the reset`];
  });
}

function firstUnmarked(now: ArrayBufferLike, start: ArrayBufferLike, marks: Uint8Array): number {
  for (let page = 0; page * pageBytes < now.byteLength; page += 1) {
    // Page 0 counts as marked always.
    if (page === 0 || marks[page] !== 0) continue;
    const from = page * pageBytes;
    const slack = page === 1 || marks[page - 1] !== 0 ? slackBytes : 0;
    const at = changedWithin(now, start, from + slack, from + pageBytes);
    if (at >= 0) return at;
  }
  return -1;
}

/** What lies beyond the size at the start was zero. */
function changedWithin(now: ArrayBufferLike, start: ArrayBufferLike, from: number, to: number) {
  const before = to <= start.byteLength ? start.slice(from, to) : new Uint8Array(to - from).buffer;
  const at = firstDifference(now.slice(from, to), before, to - from);
  return at < 0 ? -1 : from + at;
}
