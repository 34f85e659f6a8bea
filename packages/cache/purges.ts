/**
 * Purges as generations: which of what was fetched before is not to be served any more.
 *
 * A purge takes the next number, the epoch, and writes it down for its scope; it looks at nothing that is stored. What is
 * stored has the epoch at which its request went forward. So what always holds: **a purge beats every fill that began before
 * it**, stored or under way, however many there are, at the same cost; and it never beats one that began after it.
 */

import { Fifo } from "./fifo.ts";
import type { PurgeMode, PurgeRecords, PurgeVerdict } from "./purge_records.ts";

interface Record {
  hardEpoch: number;
  softEpoch: number;
  softAtMs: number;
}

/** All purges of one node, as far as they may still matter. */
export class Purges implements PurgeRecords {
  readonly #records = new Map<string, Record>();
  /** What was purged, one after another; of a scope that stands there several times the last counts. */
  readonly #order = new Fifo<{ readonly scope: string; readonly epoch: number }>();
  readonly #recordsMax: number;
  #epoch = 0;
  #floor = 0;

  /** @param recordsMax how many scopes are remembered; beyond it the oldest purge becomes one of everything before it */
  constructor(recordsMax: number) {
    this.#recordsMax = recordsMax;
  }

  /** The number of the last purge: what a fill that begins now is stamped with. */
  get epoch(): number {
    return this.#epoch;
  }

  get settled(): number {
    return this.#epoch;
  }

  /** All tenants' together. */
  lastOf(): number {
    return this.#epoch;
  }

  /** How many scopes are remembered. */
  get size(): number {
    return this.#records.size;
  }

  /** Applies a purge of some scopes at once, and gives its epoch. From its return on nothing from before is served. */
  purge(scopes: readonly string[], mode: PurgeMode, nowMs: number): number {
    this.#epoch += 1;
    for (const scope of scopes) {
      const old = this.#records.get(scope);
      const record = old ?? { hardEpoch: 0, softEpoch: 0, softAtMs: 0 };
      if (mode === "hard") record.hardEpoch = this.#epoch;
      else [record.softEpoch, record.softAtMs] = [this.#epoch, nowMs];
      if (old === undefined) this.#records.set(scope, record);
      this.#order.push({ scope, epoch: this.#epoch });
    }
    this.#forget();
    return this.#epoch;
  }

  /** What became of a response whose request went forward at `epoch`, and which is in these scopes. */
  judge(epoch: number, scopes: readonly string[]): PurgeVerdict {
    if (epoch === this.#epoch) return current;
    if (epoch < this.#floor) return { kind: "purged" };
    let sinceMs = Infinity;
    for (const scope of scopes) {
      const record = this.#records.get(scope);
      if (record === undefined) continue;
      if (record.hardEpoch > epoch) return { kind: "purged" };
      // The first that came is unknown where several did: the last is told. Stale it is in any case.
      if (record.softEpoch > epoch) sinceMs = Math.min(sinceMs, record.softAtMs);
    }
    return sinceMs === Infinity ? current : { kind: "stale", sinceMs };
  }

  /**
   * Whether a request that came at `joined` must not be given the answer to one that went forward at `epoch`: a
   * purge of theirs lies between, or may do. Of each scope only the last purge is known; in doubt they are parted.
   */
  parts(epoch: number, joined: number, scopes: readonly string[]): boolean {
    if (joined <= epoch) return false;
    return this.judge(epoch, scopes).kind !== "current";
  }

  /** Lets go of purges that nothing is older than: all that is stored or under way was stamped at `epoch` or later. */
  forgetBefore(epoch: number): void {
    for (let oldest = this.#order.peek(); oldest !== undefined; oldest = this.#order.peek()) {
      if (oldest.epoch > epoch) return;
      this.#order.shift();
      if (this.#isLast(oldest)) this.#records.delete(oldest.scope);
    }
  }

  /** Of a scope that is purged again and again, what stands in the order is bounded too. */
  #forget(): void {
    while (this.#records.size > this.#recordsMax || this.#order.length > 2 * this.#recordsMax) {
      const oldest = this.#order.shift();
      if (oldest === undefined) return;
      if (!this.#isLast(oldest)) continue;
      this.#records.delete(oldest.scope);
      // What cannot be told apart any more goes with it: too much rather than too little.
      this.#floor = Math.max(this.#floor, oldest.epoch);
    }
  }

  #isLast({ scope, epoch }: { readonly scope: string; readonly epoch: number }): boolean {
    const record = this.#records.get(scope);
    return record !== undefined && lastEpoch(record) === epoch;
  }
}

const current: PurgeVerdict = { kind: "current" };

function lastEpoch({ hardEpoch, softEpoch }: Record): number {
  return Math.max(hardEpoch, softEpoch);
}
