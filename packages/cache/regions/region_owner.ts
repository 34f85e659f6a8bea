/**
 * Who writes a region: it finds room for what is new, by letting go of what is not used, and sees to it that each tenant has
 * its share.
 *
 * What always holds: who is within their own share of a region loses nothing to others; no more is kept than fits.
 */

import type { Hash } from "../keyed_hash.ts";
import { FreeBlocks } from "./free_blocks.ts";
import type { Ghosts } from "./ghosts.ts";
import type { NodeMemory } from "./node_memory.ts";
import { type RecordName, recordWords } from "./record.ts";
import { noSlot, noStamp, type Region } from "./region.ts";
import { type Evicting, TenantLogs } from "./tenant_logs.ts";

/** Of all blocks, how many one record may take. */
const recordShareMax = 1 / 8;
/** Of all blocks, what is kept free for records that go around: larger ones are let go of. */
const freeShare = 1 / 64;
const freeBlocksMin = 4;
/** Fuller than that, an index has no slots in the right places. */
const slotsUsedMax = 0.85;
/** So many blocks are looked through for what was not used. */
const patience = 64;

/** See the head of this file. Its region begins anew. */
export class RegionOwner {
  readonly #region: Region;
  readonly #owner: number;
  readonly #ghosts: Ghosts;
  readonly #regions: number;
  readonly #weightOf: (tenant: string) => number;
  readonly #free: FreeBlocks;
  readonly #tenants = new Map<string, TenantLogs>();
  readonly #blocksOfRecordMax: number;
  /** What goes around needs room before there is any. */
  readonly #blocksKept: number;
  #records = 0;
  #evictions = 0;

  /** @param weightOf how much a tenant counts beside others: its share is its weight's part of the weights of all who have anything */
  constructor(
    { ghosts, plan }: Pick<NodeMemory, "ghosts" | "plan">,
    region: Region,
    weightOf: (tenant: string) => number,
    valueBytesMax: number,
  ) {
    this.#region = region;
    this.#ghosts = ghosts;
    this.#regions = plan.regions;
    this.#weightOf = weightOf;
    this.#owner = region.begin();
    this.#free = new FreeBlocks(region);
    const { blocks, blockBytes } = region.plan;
    const wanted = Math.ceil(recordWords(valueBytesMax) * 4 / blockBytes);
    this.#blocksOfRecordMax = Math.max(1, Math.min(wanted, Math.floor(blocks * recordShareMax)));
    const free = Math.max(freeBlocksMin, Math.floor(blocks * freeShare));
    this.#blocksKept = Math.min(this.#blocksOfRecordMax, free) + 2;
  }

  /** In blocks that are in use, as all bytes here. */
  get bytes(): number {
    const { blocks, blockBytes } = this.#region.plan;
    return (blocks - this.#free.count) * blockBytes;
  }

  /** How many values had to go so far. */
  get evictions(): number {
    return this.#evictions;
  }

  /** How many values a tenant has, and in how many bytes; values too of which others have taken the place. */
  usage(tenant: string): { readonly bytes: number; readonly values: number } {
    const logs = this.#tenants.get(tenant);
    const bytes = (logs?.blocks ?? 0) * this.#region.plan.blockBytes;
    return { bytes, values: logs?.records ?? 0 };
  }

  /** No record's payload is longer. */
  get payloadBytesMax(): number {
    return (this.#blocksOfRecordMax * this.#region.blockWords - recordWords(0)) * 4;
  }

  /** Writes a record, and gives its slot; `noSlot` where it is too large, or the region has another owner by now. */
  write(
    tenant: string,
    hash: Hash,
    name: RecordName,
    pieces: readonly Uint8Array[],
    uses: number,
  ): number {
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, name.bytes.length);
    // A process may outlive that who has it replaced takes it for ended: what it keeps is of no use to anybody.
    if (bytes > this.payloadBytesMax || this.#region.owner !== this.#owner) return noSlot;
    const logs = this.#tenants.get(tenant) ?? this.#newTenant(tenant);
    this.#makeRoom(logs, recordWords(bytes));
    const region = this.#region;
    const slot = this.#slotFor(hash);
    const stamp = region.newStamp();
    // What others have is about as much as what this one has.
    const wasGhost = this.#ghosts.take(hash.high | 0, this.#records * this.#regions);
    const log = uses > 0 || wasGhost ? logs.main : logs.small;
    const head = { stamp, slot, bytes, key: name.keyWord, tenant: name.tenantWord };
    const place = log.append(head, [name.bytes, ...pieces]);
    logs.records += 1;
    this.#records += 1;
    region.publish(slot, hash, stamp, place, uses);
    return slot;
  }

  #newTenant(tenant: string): TenantLogs {
    const weight = Math.max(this.#weightOf(tenant), 1e-9);
    const logs = new TenantLogs(this.#region, this.#free, weight, {
      wentFromSmall: (tag) => this.#ghosts.add(tag),
      evicted: () => {
        this.#evictions += 1;
      },
    });
    this.#tenants.set(tenant, logs);
    return logs;
  }

  #makeRoom(writer: TenantLogs, words: number): void {
    const { blockWords, slots } = this.#region;
    const blocks = Math.ceil(words / blockWords) + 1 + this.#blocksKept;
    const recordsMax = slots * slotsUsedMax - 1;
    for (let tries = 0;; tries += 1) {
      const evicting = tries < patience ? "unused" : "anything";
      if (this.#free.count < blocks) {
        const coming = (logs: TenantLogs) => logs === writer ? words / blockWords : 0;
        this.#evict((logs) => logs.blocks + coming(logs), writer, evicting);
      } else if (this.#records > recordsMax) {
        this.#evict((logs) => logs.records + (logs === writer ? 1 : 0), writer, evicting);
      } else return;
    }
  }

  /** Who has most for its weight is above its share, whenever there is no room. */
  #evict(amountOf: (logs: TenantLogs) => number, writer: TenantLogs, evicting: Evicting): void {
    let [most, mostTenant, mostAmount]: [TenantLogs | undefined, string, number] = [
      undefined,
      "",
      0,
    ];
    for (const [tenant, logs] of this.#tenants) {
      const amount = amountOf(logs) / logs.weight;
      if (logs.records === 0 || amount <= mostAmount) continue;
      [most, mostTenant, mostAmount] = [logs, tenant, amount];
    }
    if (most === undefined) return;
    const before = most.records;
    most.evict(evicting);
    this.#records += most.records - before;
    if (most.records === 0 && most !== writer) this.#tenants.delete(mostTenant);
  }

  #slotFor(hash: Hash): number {
    const region = this.#region;
    const free = region.freeSlot(hash);
    if (free !== noSlot) return free;
    const slot = region.leastUsed(hash);
    const stamp = region.stamp(slot);
    if (stamp !== noStamp && region.unlink(slot, stamp)) this.#evictions += 1;
    return slot;
  }
}
