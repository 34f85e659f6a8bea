/** The memory that a node's threads share: made once, opened by each of them. */

import type { Hash } from "../keyed_hash.ts";
import { Ghosts, ghostWords } from "./ghosts.ts";
import { aligned, headWords, type MemoryPlan, planMemory } from "./memory_plan.ts";
import { Region } from "./region.ts";

/** Says that this is such a memory, in this form. */
const magic = 0x534b4301;
const head = {
  magic: 0,
  regions: 1,
  blockBytes: 2,
  secretLow: 3,
  secretHigh: 4,
  changes: 5,
  gone: 6,
};

/** The memory as it is worked with. */
export interface NodeMemory {
  readonly plan: MemoryPlan;
  /** By which names are hashed, so that nobody can make them collide. */
  readonly secret: Hash;
  /** Counts what was replaced, in a word that whoever finds nothing looks at. */
  readonly changes: Int32Array<ArrayBufferLike>;
  readonly ghosts: Ghosts;
  readonly regions: readonly Region[];
}

/** Makes zeros such a memory. */
export function formatMemory(buffer: ArrayBufferLike, plan: MemoryPlan, secret: Hash): void {
  const words = new Int32Array(buffer, 0, headWords);
  words[head.regions] = plan.regions;
  words[head.blockBytes] = plan.blockBytes;
  words[head.secretLow] = secret.low;
  words[head.secretHigh] = secret.high;
  Atomics.store(words, head.magic, magic);
}

/** The memory that {@link formatMemory} made; undefined where this is none. */
export function openMemory(buffer: ArrayBufferLike): NodeMemory | undefined {
  const words = new Int32Array(buffer, 0, headWords);
  if (Atomics.load(words, head.magic) !== magic) return undefined;
  const word = (at: number) => words[at] ?? 0;
  const plan = planMemory(buffer.byteLength, word(head.regions), word(head.blockBytes));
  if (plan === undefined) return undefined;
  const firstRegion = aligned((headWords + plan.ghosts * ghostWords) * 4);
  return {
    plan,
    secret: { low: word(head.secretLow) >>> 0, high: word(head.secretHigh) >>> 0 },
    changes: words.subarray(head.changes, head.changes + 1),
    ghosts: new Ghosts(
      new Int32Array(buffer, headWords * 4, plan.ghosts * ghostWords),
      words.subarray(head.gone, head.gone + 1),
    ),
    regions: Array.from(
      { length: plan.regions },
      (_, at) => new Region(buffer, firstRegion + at * plan.regionBytes, plan),
    ),
  };
}
