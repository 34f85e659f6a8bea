/**
 * What a tenant has in a region: S3-FIFO (Yang, Zhang, Qiu, Yue, Vinayak: "FIFO queues are all you need for cache eviction",
 * SOSP 2023) with logs for queues. What is new goes through a small one; what was used there, or comes back soon after it
 * was let go of, goes on to the main one, and around in it as long as it is used.
 */

import type { FreeBlocks } from "./free_blocks.ts";
import { Log } from "./log.ts";
import { recordHead, recordWords } from "./record.ts";
import type { Region } from "./region.ts";

/** How much of a tenant's bytes the small log may have before it is let go of from. */
const smallShare = 0.1;

/** Whether what was used lately may stay. */
export type Evicting = "unused" | "anything";

/** What happens to records that go. */
export interface EvictionEvents {
  /** With a part of its hash. */
  wentFromSmall(tag: number): void;
  evicted(): void;
}

/** See the head of this file. */
export class TenantLogs {
  readonly weight: number;
  readonly small: Log;
  readonly main: Log;
  /** How many records are in the logs, also those that no slot leads to. */
  records = 0;
  readonly #region: Region;
  readonly #free: FreeBlocks;
  readonly #events: EvictionEvents;

  constructor(region: Region, free: FreeBlocks, weight: number, events: EvictionEvents) {
    this.#region = region;
    this.#free = free;
    this.#events = events;
    this.weight = weight;
    this.small = new Log(region, free);
    this.main = new Log(region, free);
  }

  get blocks(): number {
    return this.small.blocks + this.main.blocks;
  }

  /** Lets go of the records that begin in the oldest block, but for those that were used. There must be some. */
  evict(evicting: Evicting): void {
    const { small, main } = this;
    const isSmall = main.words === 0 ||
      small.words > smallShare * (small.words + main.words);
    const log = isSmall ? small : main;
    const block = log.oldestBlock;
    // What goes around comes to the same block where a log has no other.
    for (let rest = log.words; rest > 0 && log.oldestBlock === block;) {
      rest -= recordWords(this.#oldest(log, recordHead.bytes));
      this.#evictOldest(log, evicting);
    }
  }

  #evictOldest(log: Log, evicting: Evicting): void {
    const region = this.#region;
    const slot = this.#oldest(log, recordHead.slot);
    const stamp = this.#oldest(log, recordHead.stamp);
    const isThere = region.stamp(slot) === stamp;
    const uses = region.uses(slot);
    if (isThere && uses > 0 && evicting === "unused" && this.#goesOn(log, slot)) {
      region.setUses(slot, log === this.main ? uses - 1 : 0);
      log.dropOldest();
      return;
    }
    if (isThere && region.unlink(slot, stamp)) {
      if (log === this.small) this.#events.wentFromSmall(region.tag(slot));
      this.#events.evicted();
    }
    log.dropOldest();
    this.records -= 1;
  }

  /** Writes the oldest record again, as the newest of the main log. False where there is no room for that. */
  #goesOn(log: Log, slot: number): boolean {
    const bytes = this.#oldest(log, recordHead.bytes);
    const blocksMax = Math.ceil(recordWords(bytes) / this.#region.blockWords) + 1;
    if (this.#free.count < blocksMax) return false;
    const head = {
      stamp: this.#oldest(log, recordHead.stamp),
      slot,
      bytes,
      key: this.#oldest(log, recordHead.key),
      tenant: this.#oldest(log, recordHead.tenant),
    };
    this.#region.move(slot, this.main.append(head, log.oldestPieces()));
    return true;
  }

  #oldest(log: Log, word: number): number {
    return this.#region.words[log.oldest + word] ?? 0;
  }
}
