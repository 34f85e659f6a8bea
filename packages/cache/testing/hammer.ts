/**
 * A thread that keeps, finds and deletes as fast as it can in memory that others do the same in, and says what it saw that
 * may not be. A key is changed by one thread at a time, whichever comes first, and found by all at any time.
 */

import { type NodeMemory, openMemory } from "../regions/node_memory.ts";
import { RegionStore } from "../regions/region_store.ts";
import { numberedSet, numberOf } from "./numbered_sets.ts";

/** What a thread is told. */
export interface HammerTask {
  readonly memory: ArrayBufferLike;
  /** By key: whether somebody changes it, its last number, and the least that may be found. */
  readonly keys: ArrayBufferLike;
  readonly region: number;
  readonly steps: number;
  readonly seed: number;
}

/** What it saw. */
export interface HammerReport {
  readonly found: number;
  readonly changed: number;
  readonly evictions: number;
  /** What may not be. */
  readonly wrong: readonly string[];
}

/** Words for each key. */
export const hammerWords = 3;
const [changing, last, least] = [0, 1, 2];

interface Scope {
  onmessage: ((event: MessageEvent<HammerTask>) => void) | null;
  postMessage(report: HammerReport): void;
}

const scope = globalThis as unknown as Scope;

scope.onmessage = ({ data }) => scope.postMessage(hammer(data));

/** Does so, and tells. */
export function hammer({ memory, keys, region, steps, seed }: HammerTask): HammerReport {
  const opened = openMemory(memory);
  if (opened === undefined) throw new Error("not formatted");
  const words = new Int32Array(keys);
  const wrong: string[] = [];
  let store = newStore(opened, region);
  let [found, changed, evictions] = [0, 0, 0];
  const random = randomFrom(seed);
  for (let step = 0; step < steps && wrong.length < 10; step += 1) {
    // A few keys are fought over, many fill the memory.
    const key = random(2) === 0 ? random(4) : random(Math.floor(words.length / hammerWords));
    const name = `t\nkey ${key}`;
    const at = key * hammerWords;
    const leastNow = Atomics.load(words, at + least);
    const isChange = random(4) === 0;
    if (isChange && Atomics.compareExchange(words, at + changing, 0, 1) === 0) {
      const number = Atomics.add(words, at + last, 1) + 1;
      if (random(4) === 0) store.delete("t", name);
      else store.set("t", name, numberedSet(number, name, sizeOf(random)), 0);
      Atomics.store(words, at + least, number);
      Atomics.store(words, at + changing, 0);
      changed += 1;
      continue;
    }
    const set = store.get("t", name);
    if (set === undefined) continue;
    const number = numberOf(set, name);
    found += 1;
    if (number === undefined) wrong.push(`${name}: what was found is not whole`);
    else if (number < leastNow) wrong.push(`${name}: ${number} was found after ${leastNow}`);
    if (random(20_000) === 0) {
      evictions += store.evictions;
      store = newStore(opened, region);
    }
  }
  return { found, changed, evictions: evictions + store.evictions, wrong };
}

function newStore(memory: NodeMemory, region: number): RegionStore {
  return new RegionStore({
    memory,
    region,
    weightOf: () => 1,
    valueBytesMax: 2 ** 20,
    memoBytesMax: 100_000,
  });
}

function sizeOf(random: (below: number) => number): number {
  return random(8) === 0 ? random(20_000) : random(400);
}

/** Marsaglia, "Xorshift RNGs", 2003. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
