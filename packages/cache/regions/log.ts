/**
 * Records in the order in which they were written, in blocks that are taken as they are needed and given back once the
 * oldest of them is passed. By the region's owner alone.
 */

import type { FreeBlocks } from "./free_blocks.ts";
import { recordHead, recordHeadWords, recordWords } from "./record.ts";
import type { Region } from "./region.ts";

/** The words of a record's head. */
export type RecordHead = Readonly<Record<keyof typeof recordHead, number>>;

const noBlock = -1;
const headBytes = recordHeadWords * 4;

/** See the head of this file. Places of records are in words, those within are in bytes. */
export class Log {
  readonly #region: Region;
  readonly #free: FreeBlocks;
  /** Where the next record is written. */
  #headBlock = noBlock;
  #head = 0;
  /** Where the oldest is. */
  #tailBlock = noBlock;
  #tail = 0;
  #blocks = 0;
  #words = 0;

  constructor(region: Region, free: FreeBlocks) {
    this.#region = region;
    this.#free = free;
  }

  /** How many blocks it has. */
  get blocks(): number {
    return this.#blocks;
  }

  /** How many words its records take, also those that no slot leads to. */
  get words(): number {
    return this.#words;
  }

  /** The block of the oldest record. */
  get oldestBlock(): number {
    return this.#tailBlock;
  }

  /** The place of the oldest record, where there is any. */
  get oldest(): number {
    return this.#tail / 4;
  }

  /** Writes a record, and gives its place. There must be blocks enough. */
  append(head: RecordHead, pieces: readonly Uint8Array[]): number {
    if (this.#headBlock === noBlock || this.#room < headBytes) this.#takeBlock();
    const place = this.#head / 4;
    const { words, bytes } = this.#region;
    words[place + recordHead.stamp] = head.stamp;
    words[place + recordHead.slot] = head.slot;
    words[place + recordHead.bytes] = head.bytes;
    words[place + recordHead.key] = head.key;
    words[place + recordHead.tenant] = head.tenant;
    this.#head += headBytes;
    for (const piece of pieces) {
      for (let done = 0; done < piece.length;) {
        if (this.#room === 0) this.#takeBlock();
        const part = Math.min(this.#room, piece.length - done);
        const isAll = part === piece.length;
        bytes.set(isAll ? piece : piece.subarray(done, done + part), this.#head);
        this.#head += part;
        done += part;
      }
    }
    this.#head = Math.ceil(this.#head / 4) * 4;
    this.#words += recordWords(head.bytes);
    return place;
  }

  /** The oldest record's payload, in the pieces that it has; they are the memory's own. */
  oldestPieces(): Uint8Array[] {
    const { words, bytes, next, plan: { blockBytes } } = this.#region;
    const pieces: Uint8Array[] = [];
    let block = this.#tailBlock;
    let at = this.#tail + headBytes;
    for (let rest = words[this.oldest + recordHead.bytes] ?? 0; rest > 0;) {
      const part = Math.min(rest, (block + 1) * blockBytes - at);
      if (part > 0) pieces.push(bytes.subarray(at, at + part));
      rest -= part;
      block = next[block] ?? 0;
      at = block * blockBytes;
    }
    return pieces;
  }

  /** Lets go of the oldest record, to which no slot may lead any more. */
  dropOldest(): void {
    const { words, plan: { blockBytes } } = this.#region;
    const wordsGone = recordWords(words[this.oldest + recordHead.bytes] ?? 0);
    this.#words -= wordsGone;
    let rest = wordsGone * 4;
    for (;;) {
      const here = (this.#tailBlock + 1) * blockBytes - this.#tail;
      if (rest < here) break;
      rest -= here;
      if (this.#tailBlock === this.#headBlock) break;
      this.#passBlock();
    }
    this.#tail += rest;
    if (this.#words === 0) return this.#giveAll();
    // No head begins where there is no room for it.
    if ((this.#tailBlock + 1) * blockBytes - this.#tail < headBytes) this.#passBlock();
  }

  get #room(): number {
    return (this.#headBlock + 1) * this.#region.plan.blockBytes - this.#head;
  }

  #takeBlock(): void {
    const block = this.#free.take();
    this.#blocks += 1;
    const start = block * this.#region.plan.blockBytes;
    if (this.#headBlock === noBlock) [this.#tailBlock, this.#tail] = [block, start];
    else this.#region.next[this.#headBlock] = block;
    [this.#headBlock, this.#head] = [block, start];
  }

  #passBlock(): void {
    const block = this.#tailBlock;
    this.#tailBlock = this.#region.next[block] ?? noBlock;
    this.#tail = this.#tailBlock * this.#region.plan.blockBytes;
    this.#free.give(block);
    this.#blocks -= 1;
  }

  #giveAll(): void {
    while (this.#tailBlock !== this.#headBlock) this.#passBlock();
    this.#free.give(this.#headBlock);
    this.#blocks = 0;
    this.#headBlock = this.#tailBlock = noBlock;
  }
}
