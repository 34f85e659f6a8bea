/**
 * Purges in memory that all threads and processes of a node share: what one of them purges is purged for all when the call
 * returns. Nobody waits for anybody, and who is killed at whatever step leaves nothing that others would stumble over.
 *
 * What always holds: **a purge beats every fill that began before it**; a fill that began after a purge had returned is not
 * touched by it. A purge takes its epoch first and writes it down then, so that a fill which began in between has the later
 * one, and asks its origin after the purge was called for.
 *
 * Words for epochs only rise. The filter says at once of nearly all scopes that they were not purged since; a record says it
 * exactly, as long as there is one. A full bucket gives away the slot of whoever has most in it, the oldest of theirs; before
 * that its epoch becomes their floor: of what is older, and what the filter does not know to be well, it is no more known
 * whether it was purged, so it is. So a tenant that purges without an end purges all of its own, and nothing of others.
 */

import { HashMemo } from "./hash_memo.ts";
import type { Hash } from "./keyed_hash.ts";
import {
  bucketAt,
  filterOf,
  floorAt,
  groupOf,
  groupOfTag,
  identityOf,
  identityOfTag,
  isLeaving,
  keyOf,
  lastAt,
  leaving,
  nextTag,
  place,
  slots,
} from "./purge_layout.ts";
import type { PurgeMode, PurgeRecords, PurgeVerdict } from "./purge_records.ts";
import { tenantOf } from "./purge_scope.ts";
import type { SharedWords } from "./shared_words.ts";

/** All purges of a node. */
export class PurgeTable implements PurgeRecords {
  readonly #words: SharedWords;
  readonly #buckets: number;
  readonly #hashes: HashMemo;

  /** @param words as `formatPurges` made them, or as they were found ({@link isPurgeTable}) */
  constructor(words: SharedWords) {
    this.#words = words;
    this.#buckets = words.get(place.buckets);
    this.#hashes = new HashMemo(keyOf(words));
  }

  get epoch(): number {
    return this.#words.get(place.epoch);
  }

  get settled(): number {
    return this.#words.get(place.settled);
  }

  /** Says that nobody is at a purge any more: whoever was is gone. */
  settle(): void {
    this.#words.raise(place.settled, this.epoch);
  }

  /** How many records had to make room for others, and were made into floors. */
  get displaced(): number {
    return this.#words.get(place.displaced);
  }

  /** What no table before or after this one has: what was stamped by another is not to be judged by this. */
  get lineage(): string {
    const { low, high } = this.#hashes.of("lineage");
    return [low, high].map((word) => word.toString(16).padStart(8, "0")).join("");
  }

  lastOf(tenant: string): number {
    return this.#words.get(lastAt(this.#groupOf(tenant)));
  }

  purge(scopes: readonly string[], mode: PurgeMode, nowMs: number): number {
    const epoch = this.#words.increase(place.epoch);
    for (const scope of scopes) {
      const hash = this.#hashes.of(scope);
      this.#words.raise(filterOf(hash), epoch);
      this.#write(hash, this.#groupOf(tenantOf(scope)), mode, epoch, nowMs);
    }
    // The last of all: whoever finds an older one here looks no further, and may as long as this has not returned.
    for (const tenant of new Set(scopes.map(tenantOf))) {
      this.#words.raise(lastAt(this.#groupOf(tenant)), epoch);
    }
    this.#words.increase(place.settled);
    return epoch;
  }

  judge(epoch: number, scopes: readonly string[]): PurgeVerdict {
    const now = this.epoch;
    if (epoch === now) return current;
    // Stamped by a table before this one, of which nothing is known.
    if (epoch > now) return purged;
    let sinceMs = Infinity;
    for (const scope of scopes) {
      const hash = this.#hashes.of(scope);
      if (this.#words.get(filterOf(hash)) <= epoch) continue;
      const found = this.#read(hash, epoch);
      if (found === "purged") return purged;
      // After the records, since a record becomes a floor before it goes.
      if (epoch < this.#words.get(floorAt(this.#groupOf(tenantOf(scope))))) return purged;
      sinceMs = Math.min(sinceMs, found);
    }
    return sinceMs === Infinity ? current : { kind: "stale", sinceMs };
  }

  parts(epoch: number, joined: number, scopes: readonly string[]): boolean {
    if (joined <= epoch) return false;
    return this.judge(epoch, scopes).kind !== "current";
  }

  /** What the records of a scope say of what was stamped at `epoch`: since when it is stale, which may be never. */
  #read(hash: Hash, epoch: number): "purged" | number {
    const words = this.#words;
    const bucket = bucketAt(hash, this.#buckets);
    const [hard, soft] = [identityOf(hash, "hard"), identityOf(hash, "soft")];
    let sinceMs = Infinity;
    // All slots: two who write at once may have given a scope two of them.
    for (let tag = bucket; tag < bucket + slots; tag++) {
      const identity = words.upper(tag);
      if (identity !== hard && identity !== soft) continue;
      if (words.get(tag + slots) <= epoch) continue;
      if (identity === hard) return "purged";
      sinceMs = Math.min(sinceMs, words.get(tag + 2 * slots));
    }
    return sinceMs;
  }

  /** Writes a record down. Whoever gives its slot away meanwhile has everything from the start. */
  #write(hash: Hash, group: number, mode: PurgeMode, epoch: number, nowMs: number): void {
    const words = this.#words;
    const bucket = bucketAt(hash, this.#buckets);
    const identity = identityOf(hash, mode);
    for (;;) {
      const at = this.#find(bucket, identity);
      if (at === undefined) {
        this.#claim(bucket, identity, group);
        continue;
      }
      const tag = words.load(at);
      if (identityOfTag(tag) !== identity || isLeaving(tag)) continue;
      words.set(at + 2 * slots, nowMs);
      words.raise(at + slots, epoch);
      // Who gives a slot away marks it before they read its epoch: without a mark, they will have read this one.
      if (words.load(at) === tag) return;
    }
  }

  #find(bucket: number, identity: number): number | undefined {
    for (let at = bucket; at < bucket + slots; at++) {
      if (this.#words.upper(at) === identity && !isLeaving(this.#words.load(at))) return at;
    }
    return undefined;
  }

  /** Tries to give a record a slot. Its epoch is that of who had it before, which has become a floor. */
  #claim(bucket: number, identity: number, group: number): void {
    const words = this.#words;
    const tags = Array.from({ length: slots }, (_, slot) => words.load(bucket + slot));
    const at = bucket + this.#choose(bucket, tags, group);
    const before = tags[at - bucket] ?? 0n;
    const next = nextTag(identity, group, before);
    if (before === 0n) return void words.swap(at, before, next);
    const marked = leaving(before);
    if (marked !== before && words.swap(at, before, marked) === "changed") return;
    words.raise(floorAt(groupOfTag(before)), words.get(at + slots));
    if (words.swap(at, marked, next) === "swapped") words.increase(place.displaced);
  }

  /** An empty slot; one that somebody began to give away; else the oldest of whoever will have most. */
  #choose(bucket: number, tags: readonly bigint[], group: number): number {
    const easy = tags.findIndex((tag) => tag === 0n || isLeaving(tag));
    if (easy >= 0) return easy;
    const counts = new Map([[group, 1]]);
    for (const tag of tags) {
      const owner = groupOfTag(tag);
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    const most = Math.max(
      ...tags.map((tag) => counts.get(groupOfTag(tag)) ?? 0),
    );
    let [chosen, oldest] = [0, Infinity];
    for (const [slot, tag] of tags.entries()) {
      if (counts.get(groupOfTag(tag)) !== most) continue;
      const epoch = this.#words.get(bucket + slots + slot);
      if (epoch < oldest) [chosen, oldest] = [slot, epoch];
    }
    return chosen;
  }

  #groupOf(tenant: string): number {
    return groupOf(this.#hashes.of(tenant));
  }
}

const current: PurgeVerdict = { kind: "current" };
const purged: PurgeVerdict = { kind: "purged" };
