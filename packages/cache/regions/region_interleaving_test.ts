/** What a thread does in shared memory while others come between any two of its steps. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { interrupted } from "../testing/interrupted_region.ts";
import { numberedSet, numberOf } from "../testing/numbered_sets.ts";
import { planMemory } from "./memory_plan.ts";
import { formatMemory, openMemory } from "./node_memory.ts";
import { RegionStore } from "./region_store.ts";

const regions = 3;
const keys = 12;

/** Threads with a memory that is soon full, of which the first can be interrupted. */
class Threads {
  readonly stores: readonly RegionStore[];
  /** By key: what may be found; undefined is nothing. */
  readonly allowed = new Map<string, Set<number | undefined>>();
  #stepsLeft = Infinity;
  #burst: () => void = () => {};
  #number = 0;

  constructor() {
    const bytes = 25_000;
    const plan = planMemory(bytes, regions, 256) ?? assert.fail("too small");
    const buffer = new SharedArrayBuffer(bytes);
    formatMemory(buffer, plan, { low: 1, high: 2 });
    this.stores = Array.from({ length: regions }, (_, region) => {
      const memory = openMemory(buffer) ?? assert.fail();
      if (region === 0) interrupted(memory, () => this.#step());
      const [valueBytesMax, memoBytesMax] = [2 ** 20, 20_000];
      return new RegionStore({ memory, region, weightOf: () => 1, valueBytesMax, memoBytesMax });
    });
  }

  /** Has the first thread do something, and others come between after so many steps. */
  interrupt(after: number, burst: () => void, act: () => void): void {
    [this.#stepsLeft, this.#burst] = [after, burst];
    act();
    this.#stepsLeft = Infinity;
  }

  set(thread: number, key: string, bytes: number): void {
    this.#number += 1;
    const number = this.#number;
    this.#change(key, number, () => {
      return this.#store(thread).set("t", key, numberedSet(number, key, bytes), 0) === "kept";
    });
  }

  delete(thread: number, key: string): void {
    this.#change(key, undefined, () => {
      this.#store(thread).delete("t", key);
      return true;
    });
  }

  get(thread: number, key: string): number | undefined {
    const before = [...this.allowed.get(key) ?? []];
    const set = this.#store(thread).get("t", key);
    const found = set && (numberOf(set, key) ?? assert.fail(`not what was kept under ${key}`));
    // What was there when it began, or came meanwhile.
    const may = [undefined, ...before, ...this.allowed.get(key) ?? []];
    assert.ok(may.includes(found), `${key}: ${found} was found, of ${may}`);
    return found;
  }

  /** Whatever threads did at once, they agree afterwards. */
  agree(): void {
    for (const key of this.allowed.keys()) {
      const found = this.stores.map((store) => {
        const set = store.get("t", key);
        return set && (numberOf(set, key) ?? assert.fail());
      });
      assert.equal(new Set(found).size, 1, `${key}: ${found}`);
      this.allowed.set(key, new Set([found[0]]));
    }
  }

  /** Of changes that are made at the same time, each may be the last. */
  #change(key: string, number: number | undefined, act: () => boolean): void {
    const before = this.allowed.get(key);
    this.allowed.set(key, new Set([...before ?? [], undefined, number]));
    const marked = this.allowed.get(key);
    const isKept = act();
    const isAlone = this.allowed.get(key) === marked;
    if (isAlone) this.allowed.set(key, new Set([undefined, ...(isKept ? [number] : [])]));
    else this.allowed.get(key)?.add(isKept ? number : undefined);
  }

  #step(): void {
    this.#stepsLeft -= 1;
    if (this.#stepsLeft !== 0) return;
    this.#burst();
  }

  #store(thread: number): RegionStore {
    return this.stores[thread] ?? assert.fail();
  }
}

const one = fc.record({
  kind: fc.constantFrom("set" as const, "get" as const, "get" as const, "delete" as const),
  key: fc.nat(keys - 1).map((key) => `t\n${key}`),
  bytes: fc.oneof(fc.nat(60), fc.nat(700)),
});
const round = fc.record({
  ofFirst: one,
  after: fc.nat(20),
  ofOthers: fc.array(fc.tuple(fc.integer({ min: 1, max: regions - 1 }), one), { maxLength: 8 }),
  /** How much else the others write: enough that all blocks are used anew. */
  flood: fc.constantFrom(0, 0, 120),
});
type One = { kind: "set" | "get" | "delete"; key: string; bytes: number };

function run(threads: Threads, thread: number, { kind, key, bytes }: One): void {
  if (kind === "set") threads.set(thread, key, bytes);
  else threads[kind](thread, key);
}

Deno.test("INV-18: whatever comes between the steps of a thread, it finds no record that is torn, older or another's", () => {
  fc.assert(
    fc.property(fc.array(round, { minLength: 20, maxLength: 60 }), (rounds) => {
      const threads = new Threads();
      for (const { ofFirst, after, ofOthers, flood } of rounds) {
        const burst = () => {
          for (const [thread, what] of ofOthers) run(threads, thread, what);
          for (let index = 0; index < flood; index += 1) {
            threads.set(1 + index % (regions - 1), `t\nflood ${index}`, 200);
          }
        };
        threads.interrupt(after, burst, () => run(threads, 0, ofFirst));
        threads.agree();
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("who reads while all of the memory is written anew finds what was there, or nothing", () => {
  let [found, gone] = [0, 0];
  for (let after = 1; after < 40; after += 1) {
    const threads = new Threads();
    const key = "t\nkey";
    threads.set(1, key, 550);
    const flood = () => {
      for (let index = 0; index < 150; index += 1) threads.set(1, `t\nflood ${index}`, 300);
    };
    threads.interrupt(after, flood, () => {
      if (threads.get(0, key) === undefined) gone += 1;
      else found += 1;
    });
  }
  // Both happen, or else this has tried nothing.
  assert.ok(found > 5 && gone > 5, `${found} found, ${gone} gone`);
});
