/**
 * The memory of a node's cache, as one of its threads uses it: it writes to a region of its own and reads all of them, so that
 * what was kept through one thread is there for every other, without locks.
 *
 * What always holds: once something was kept or deleted, nobody finds what was there before; what is found is whole, and
 * what was kept under that very key. A thread that ends at any moment harms no other: its region begins anew.
 */

import { decodeSet, encodeSet } from "../encoding/kept_set.ts";
import type { KeptSet } from "../kept.ts";
import { type Hash, keyedHash } from "../keyed_hash.ts";
import type { SetStore } from "../set_store.ts";
import { type Decoded, DecodedMemo } from "./decoded_memo.ts";
import type { NodeMemory } from "./node_memory.ts";
import { fence } from "./fence.ts";
import { nameBytes, readRecord, recordName } from "./record.ts";
import { noSlot, noStamp, type Region } from "./region.ts";
import { RegionOwner } from "./region_owner.ts";

/** What is bounded, and whose region it is. */
export interface RegionStoreOptions {
  readonly memory: NodeMemory;
  /** The number of this thread's region, which nobody else has. */
  readonly region: number;
  /** How much a tenant counts beside others: its share is its weight's part of the weights of all who have anything. */
  readonly weightOf: (tenant: string) => number;
  /** No value is larger: one must not push out all others. */
  readonly valueBytesMax: number;
  /** How much of the thread's own heap what was read lately may take. */
  readonly memoBytesMax: number;
}

/** Finding nothing while others change something is tried again so often. */
const triesMax = 4;

/** Of what was read and used before, one in so many is remembered. */
const readsForMemo = 4;

/** See the head of this file. Its region begins anew. */
export class RegionStore implements SetStore {
  readonly #memory: NodeMemory;
  /** This thread's own first. */
  readonly #regions: readonly Region[];
  readonly #own: Region;
  readonly #owner: RegionOwner;
  readonly #memo: DecodedMemo;
  readonly #payloadBytesMax: number;
  #reads = 0;

  constructor(options: RegionStoreOptions) {
    const { memory, region, weightOf, valueBytesMax, memoBytesMax } = options;
    const own = memory.regions[region];
    if (own === undefined) throw new RangeError(`there is no region ${region}`);
    this.#memory = memory;
    this.#own = own;
    this.#regions = [own, ...memory.regions.filter((other) => other !== own)];
    this.#owner = new RegionOwner(memory, own, weightOf, valueBytesMax);
    this.#memo = new DecodedMemo(memoBytesMax);
    const { blocks, blockBytes } = memory.plan;
    this.#payloadBytesMax = blocks * blockBytes;
  }

  /** What is in this thread's region, of all tenants together. */
  get bytes(): number {
    return this.#owner.bytes;
  }

  /** How many values had to go from this thread's region so far. */
  get evictions(): number {
    return this.#owner.evictions;
  }

  /** What a tenant has in this thread's region. */
  usage(tenant: string): { readonly bytes: number; readonly values: number } {
    return this.#owner.usage(tenant);
  }

  get(tenant: string, key: string): KeptSet | undefined {
    const known = this.#known(tenant, key);
    if (known !== undefined) {
      known.region.use(known.slot);
      return known.set;
    }
    const found = this.#find(tenant, key);
    if (found === undefined) return undefined;
    const { region, slot, set } = found;
    if (region.uses(slot) > 0 && this.#isChosen()) this.#memo.put(key, found);
    region.use(slot);
    return set;
  }

  peek(tenant: string, key: string): KeptSet | undefined {
    const known = this.#known(tenant, key);
    return known === undefined ? this.#find(tenant, key)?.set : known.set;
  }

  /** @param _bytes what it would cost in a heap: here its bytes as they are written count */
  set(tenant: string, key: string, set: KeptSet, _bytes: number): "kept" | "refused" {
    const hash = this.#hashOf(tenant, key);
    const { pieces } = encodeSet(set);
    const before = this.#own.find(hash);
    const uses = before === noSlot ? 0 : this.#own.uses(before);
    const slot = this.#owner.write(tenant, hash, recordName(tenant, key), pieces, uses);
    this.#memo.delete(key);
    this.#unlinkAll(hash, slot);
    return slot === noSlot ? "refused" : "kept";
  }

  delete(tenant: string, key: string): boolean {
    this.#memo.delete(key);
    return this.#unlinkAll(this.#hashOf(tenant, key), noSlot);
  }

  /** What was read before and is there still. */
  #known(tenant: string, key: string): Decoded | undefined {
    const known = this.#memo.get(key);
    if (known === undefined || known.tenant !== tenant) return undefined;
    if (known.region.stamp(known.slot) === known.stamp) return known;
    this.#memo.delete(key);
    return undefined;
  }

  #find(tenant: string, key: string): Decoded | undefined {
    const hash = this.#hashOf(tenant, key);
    for (let tries = 0; tries < triesMax; tries += 1) {
      const changes = Atomics.load(this.#memory.changes, 0);
      for (const region of this.#regions) {
        const found = this.#read(region, hash, tenant, key);
        if (found !== undefined) return found;
      }
      // What took another's place may stand where nobody looked for it any more.
      if (Atomics.load(this.#memory.changes, 0) === changes) return undefined;
    }
    return undefined;
  }

  #read(region: Region, hash: Hash, tenant: string, key: string): Decoded | undefined {
    for (let slot = region.find(hash); slot !== noSlot; slot = region.find(hash, slot)) {
      const record = readRecord(region, slot, this.#payloadBytesMax);
      const start = record && nameBytes(record, tenant, key);
      if (record === undefined || start === undefined) continue;
      const { payload, stamp } = record;
      const set = decodeSet(payload.subarray(start));
      if (set !== undefined) return { tenant, set, region, slot, stamp, bytes: payload.length };
    }
    return undefined;
  }

  /**
   * One in a few: what is asked for often is remembered soon, and what is asked for seldom pushes it out seldom, which would
   * become garbage just when it has grown old.
   */
  #isChosen(): boolean {
    this.#reads += 1;
    return this.#reads % readsForMemo === 0;
  }

  /**
   * From now on nobody finds a record with this hash, but for the one in a slot of this thread's region. Another's goes too
   * if it was written at the same time: then which of them is newer is not known, and the other writer does the same.
   */
  #unlinkAll(hash: Hash, except: number): boolean {
    let found = false;
    // Of two who write at once, one at least sees the other's.
    fence();
    for (const region of this.#regions) {
      for (let slot = region.find(hash); slot !== noSlot; slot = region.find(hash, slot)) {
        if (slot === except && region === this.#own) continue;
        const stamp = region.stamp(slot);
        if (stamp === noStamp) continue;
        const uses = region.uses(slot);
        Atomics.add(this.#memory.changes, 0, 1);
        if (!region.unlink(slot, stamp)) continue;
        found = true;
        if (except !== noSlot && uses > this.#own.uses(except)) this.#own.setUses(except, uses);
      }
    }
    return found;
  }

  /** Two tenants' hashes have nothing to do with each other. */
  #hashOf(tenant: string, key: string): Hash {
    const { low, high } = this.#memory.secret;
    const { low: tenantLow, high: tenantHigh } = this.#tenantHash(tenant);
    return keyedHash({ low: low ^ tenantLow, high: high ^ tenantHigh }, key);
  }

  #lastTenant = "";
  #lastTenantHash: Hash | undefined;

  #tenantHash(tenant: string): Hash {
    if (tenant !== this.#lastTenant || this.#lastTenantHash === undefined) {
      this.#lastTenantHash = keyedHash(this.#memory.secret, tenant);
      this.#lastTenant = tenant;
    }
    return this.#lastTenantHash;
  }
}
