/**
 * W-TinyLFU (Einziger, Friedman, Manes: "TinyLFU: A Highly Efficient Cache Admission Policy", ACM ToS 2017): a small window
 * before a main cache in two parts, into which comes what was asked for more often than what would go for it.
 */

import type { EvictionPolicy } from "@skerry/cache";
import { Lru } from "./lru.ts";

const windowShare = 0.01;
const protectedShare = 0.8;

/** A policy to be measured beside ours. */
export class TinyLfu<Value> implements EvictionPolicy<Value> {
  readonly #window = new Lru<Value>();
  readonly #probation = new Lru<Value>();
  readonly #protected = new Lru<Value>();
  readonly #sketch: Sketch;

  /** @param valuesExpected how many values there will be, about */
  constructor(valuesExpected: number) {
    this.#sketch = new Sketch(valuesExpected);
  }

  get bytes(): number {
    return this.#window.bytes + this.#probation.bytes + this.#protected.bytes;
  }

  get size(): number {
    return this.#window.size + this.#probation.size + this.#protected.size;
  }

  get(key: string): Value | undefined {
    this.#sketch.count(key);
    const inWindow = this.#window.get(key) ?? this.#protected.get(key);
    if (inWindow !== undefined) return inWindow;
    const value = this.#probation.peek(key);
    if (value === undefined) return undefined;
    this.#promote(key, value);
    return value;
  }

  peek(key: string): Value | undefined {
    return this.#window.peek(key) ?? this.#protected.peek(key) ?? this.#probation.peek(key);
  }

  set(key: string, value: Value, bytes: number): void {
    for (const part of [this.#protected, this.#probation]) {
      if (part.peek(key) !== undefined) return part.set(key, value, bytes);
    }
    this.#window.set(key, value, bytes);
  }

  delete(key: string): boolean {
    return this.#window.delete(key) || this.#probation.delete(key) || this.#protected.delete(key);
  }

  evict(): { readonly key: string; readonly value: Value; readonly bytes: number } | undefined {
    // What the window has too much of goes over without a contest, as long as there is room.
    while (this.#window.bytes > 2 * windowShare * this.bytes) this.#pass();
    const candidate = this.#window.oldest();
    const victim = this.#probation.oldest() ?? this.#protected.oldest();
    if (victim === undefined) return this.#window.evict();
    const isContest = this.#window.bytes > windowShare * this.bytes;
    if (candidate === undefined || !isContest) return this.#remove(victim);
    if (this.#sketch.estimate(candidate.key) <= this.#sketch.estimate(victim.key)) {
      return this.#remove(candidate);
    }
    this.#pass();
    return this.#remove(victim);
  }

  #remove<One extends { readonly key: string }>(gone: One): One {
    this.delete(gone.key);
    return gone;
  }

  #pass(): void {
    const oldest = this.#window.evict();
    if (oldest !== undefined) this.#probation.set(oldest.key, oldest.value, oldest.bytes);
  }

  #promote(key: string, value: Value): void {
    const before = this.#probation.bytes;
    this.#probation.delete(key);
    this.#protected.set(key, value, before - this.#probation.bytes);
    const mainBytes = this.#probation.bytes + this.#protected.bytes;
    while (this.#protected.bytes > protectedShare * mainBytes) {
      const demoted = this.#protected.evict();
      if (demoted === undefined) return;
      this.#probation.set(demoted.key, demoted.value, demoted.bytes);
    }
  }
}

/** A count-min sketch of small counters, all halved after a while, so that what was popular once is forgotten. */
class Sketch {
  readonly #counters: Uint8Array;
  readonly #mask: number;
  readonly #sampleSize: number;
  #counted = 0;

  constructor(valuesExpected: number) {
    const size = 2 ** Math.ceil(Math.log2(valuesExpected * 4));
    this.#counters = new Uint8Array(size);
    this.#mask = size - 1;
    this.#sampleSize = valuesExpected * 10;
  }

  count(key: string): void {
    for (const place of this.#places(key)) {
      if ((this.#counters[place] ?? 0) < 15) {
        this.#counters[place] = (this.#counters[place] ?? 0) + 1;
      }
    }
    this.#counted += 1;
    if (this.#counted < this.#sampleSize) return;
    this.#counted = Math.floor(this.#counted / 2);
    for (let at = 0; at < this.#counters.length; at += 1) {
      this.#counters[at] = (this.#counters[at] ?? 0) >> 1;
    }
  }

  estimate(key: string): number {
    return Math.min(...this.#places(key).map((place) => this.#counters[place] ?? 0));
  }

  #places(key: string): number[] {
    let hash = 0x811c9dc5;
    for (let at = 0; at < key.length; at += 1) {
      hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
    }
    return [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f].map((seed) => {
      const mixed = Math.imul(hash ^ hash >>> 15, seed);
      return (mixed ^ mixed >>> 13) & this.#mask;
    });
  }
}
