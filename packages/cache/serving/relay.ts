/**
 * One body on its way from an origin to many readers, each at its own pace, and to what keeps it.
 *
 * What always holds: every reader gets every byte in order, or an error in place of the end; what was cut short is never
 * said to be whole; no more of it is in memory than the bound. The origin is read as fast as the fastest reader takes it,
 * and a little ahead. What is too large for memory goes to a slower store, where there is one, while it comes.
 */

import { BugError, type Clock } from "@skerry/base";
import type { ByteRange } from "@skerry/http";
import { GrowingBody, type KeptBody, segmentBytes } from "../body.ts";
import type { StoringBody } from "../object_store.ts";
import { FillBudget } from "./fill_budget.ts";
import { RelayReader } from "./relay_reader.ts";

/** Bounds of a relay. */
export interface RelayLimits {
  /** How far the origin is read ahead of the fastest reader. */
  readonly aheadBytesMax: number;
  /** What memory is let go of in, once it is read or kept elsewhere. */
  readonly segmentBytes: number;
  /** How much a reader is given at once. */
  readonly pieceBytesMax: number;
  /** How long slow readers of a body that is too large to be kept may hold the others up, in milliseconds. */
  readonly heldUpMsMax: number;
  /** A body that is longer goes to the slower store. */
  readonly memoryBytesMax: number;
}

/** For those who have no bounds of their own. */
export const relayLimits: RelayLimits = {
  aheadBytesMax: 256 * 1024,
  segmentBytes,
  pieceBytesMax: 64 * 1024,
  heldUpMsMax: 10_000,
  memoryBytesMax: 256 * 1024,
};

/** What a relay is made of. */
export interface RelayParts {
  /** Of what may be kept; more is only passed on. */
  readonly keptBytesMax: number;
  readonly clock: Clock;
  /** Begins to keep what is too large for memory; undefined where that cannot be done. */
  readonly begin?: () => Promise<StoringBody | undefined> | undefined;
  readonly limits?: RelayLimits;
  /** What all relays together may have in memory beyond what each needs to pass something on; no bound unless told. */
  readonly budget?: FillBudget;
}

/** How a body ended. `outgrown`: it is whole, and cannot be kept. */
export type RelayEnd =
  | { readonly kind: "whole"; readonly body: KeptBody }
  | { readonly kind: "outgrown" }
  | { readonly kind: "cut off"; readonly error: unknown };

/** See the head of this file. */
export class Relay {
  readonly #body: GrowingBody;
  readonly #keptBytesMax: number;
  readonly #clock: Clock;
  readonly #limits: RelayLimits;
  /** What it may always have in memory. */
  readonly #freeBytes: number;
  readonly #begin: RelayParts["begin"];
  readonly #readers = new Set<RelayReader>();
  /** Where it is kept besides: what memory has let go of is read from there. */
  #storing: StoringBody | undefined;
  #hasBegun = false;
  /** Whether nobody comes any more. */
  #isSettled = false;
  #isClosed = false;
  #state: "coming" | "whole" | { readonly error: unknown } = "coming";
  #isOutgrown = false;
  readonly #budget: FillBudget;
  /** What of the budget it has. */
  #chargedBytes = 0;
  /** Resolved when there is more, or an end. */
  #more = Promise.withResolvers<void>();
  /** Resolved when a reader has gone on, or has gone. */
  #room: PromiseWithResolvers<void> | undefined;

  constructor(
    { keptBytesMax, clock, begin, limits = relayLimits, budget = new FillBudget(Infinity) }:
      RelayParts,
  ) {
    this.#begin = begin;
    this.#keptBytesMax = keptBytesMax;
    this.#budget = budget;
    // What is passed on is let go of in segments: two may be partly wanted.
    this.#freeBytes = limits.aheadBytesMax + 2 * limits.segmentBytes;
    this.#body = new GrowingBody(Math.max(keptBytesMax, this.#freeBytes), limits.segmentBytes);
    this.#clock = clock;
    this.#limits = limits;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** Whether all has come that will. */
  get isOver(): boolean {
    return this.#state !== "coming";
  }

  /** Somebody who reads all of it, from its first byte on, or a part: to be asked for before it has outgrown its bound. */
  reader(onClosed: () => void = () => {}, range?: ByteRange): RelayReader {
    const reader: RelayReader = new RelayReader((position) => this.#next(position), {
      moved: () => this.#wakeOrigin(),
      closed: () => {
        this.#readers.delete(reader);
        this.#wakeOrigin();
        this.#wakeReaders();
        this.#closeWhenUnread();
        onClosed();
      },
    }, range);
    this.#readers.add(reader);
    return reader;
  }

  /**
   * Takes all of a body; then it is to be settled. Never rejects.
   *
   * @param onOutgrown called when it proves too large to be kept
   */
  async fill(pieces: AsyncIterable<Uint8Array>, onOutgrown: () => void): Promise<RelayEnd> {
    try {
      for await (const piece of pieces) {
        await this.#take(piece, onOutgrown);
        await this.#waitFor(() => !this.#isFarAhead, Infinity);
      }
    } catch (error) {
      // A mistake of ours is told once, by whoever has it filled, and not by each reader.
      this.#end({
        error: error instanceof BugError ? new Error("the response was cut off") : error,
      });
      return { kind: "cut off", error };
    }
    this.#end("whole");
    if (this.#isOutgrown) return { kind: "outgrown" };
    if (this.#storing === undefined) return { kind: "whole", body: this.#body.finish() };
    return await this.#storing.finish()
      ? { kind: "whole", body: this.#storing }
      : { kind: "outgrown" };
  }

  /** What came is kept by now, or will not be, and nobody asks for a reader any more: it lasts as long as its readers. */
  settle(): void {
    this.#isSettled = true;
    this.#storing?.end();
    this.#closeWhenUnread();
  }

  async #take(piece: Uint8Array, onOutgrown: () => void): Promise<void> {
    const bytes = this.#body.bytes + piece.length;
    if (!this.#isOutgrown && bytes > this.#keptBytesMax) {
      this.#isOutgrown = true;
      onOutgrown();
    }
    if (!this.#isOutgrown && bytes > this.#limits.memoryBytesMax) await this.#beginStoring();
    for (let at = 0; at < piece.length;) {
      if (this.#isOutgrown && this.#readers.size === 0) throw new Error("nobody reads it any more");
      const next = piece.subarray(at, at + this.#limits.pieceBytesMax);
      if (!this.#append(next, onOutgrown)) await this.#makeRoom();
      else {
        at += next.length;
        this.#wakeReaders();
        await this.#store(next, onOutgrown);
      }
    }
  }

  /** Whether there was room for it. */
  #append(bytes: Uint8Array, onOutgrown: () => void): boolean {
    const wantedBytes = this.#retainedBytes + bytes.length - this.#freeBytes - this.#chargedBytes;
    if (wantedBytes > 0) {
      if (!this.#budget.take(wantedBytes)) {
        if (!this.#isOutgrown) onOutgrown();
        this.#isOutgrown = true;
        return false;
      }
      this.#chargedBytes += wantedBytes;
    }
    return this.#body.append(bytes) === "taken";
  }

  get #retainedBytes(): number {
    return this.#body.bytes - this.#body.releasedBytes;
  }

  /** Lets go of memory before a place, and of the budget's part in it. */
  #release(before: number): boolean {
    const isReleased = this.#body.release(before);
    this.#giveBack(Math.max(0, this.#retainedBytes - this.#freeBytes));
    return isReleased;
  }

  #giveBack(keptBytes: number): void {
    if (keptBytes >= this.#chargedBytes) return;
    this.#budget.give(this.#chargedBytes - keptBytes);
    this.#chargedBytes = keptBytes;
  }

  /** Has what came so far, and what will come, go to the slower store. */
  async #beginStoring(): Promise<void> {
    if (this.#hasBegun || this.#begin === undefined) return;
    this.#hasBegun = true;
    const storing = await this.#begin();
    if (storing === undefined) return;
    for (const slice of this.#body.slices(0, this.#body.bytes - 1)) {
      if (await storing.append(slice)) continue;
      // It is all in memory yet, where it may stay.
      return storing.end();
    }
    storing.enter();
    this.#storing = storing;
  }

  async #store(bytes: Uint8Array, onOutgrown: () => void): Promise<void> {
    if (this.#storing === undefined || this.#isOutgrown) return;
    if (!await this.#storing.append(bytes)) {
      // Some of it is in memory no longer.
      this.#isOutgrown = true;
      onOutgrown();
    }
    this.#release(this.#storing.bytes);
  }

  /** Lets go of what all readers have had; who holds the others up for too long is left behind. */
  async #makeRoom(): Promise<void> {
    const hasRoom = () => this.#release(this.#slowest);
    if (await this.#waitFor(hasRoom, this.#limits.heldUpMsMax)) return;
    const line = Math.max(this.#slowest, this.#fastest - this.#limits.aheadBytesMax);
    for (const reader of this.#readers) if (reader.position <= line) reader.close();
  }

  get #slowest(): number {
    let slowest = this.#body.bytes;
    for (const { position } of this.#readers) slowest = Math.min(slowest, position);
    return slowest;
  }

  get #fastest(): number {
    let fastest = 0;
    for (const { position } of this.#readers) fastest = Math.max(fastest, position);
    // Who waits for a part that is still to come has read nothing that others lag behind.
    return Math.min(fastest, this.#body.bytes);
  }

  /** What nobody reads is fetched to be kept. */
  get #isFarAhead(): boolean {
    const isRead = this.#readers.size > 0;
    return isRead && this.#body.bytes - this.#fastest > this.#limits.aheadBytesMax;
  }

  /** Gives whether it came true in time. */
  async #waitFor(isTrue: () => boolean, msMax: number): Promise<boolean> {
    if (isTrue()) return true;
    const over = new AbortController();
    let isLate = false;
    if (msMax < Infinity) {
      void this.#clock.sleep(msMax, over.signal).then(() => {
        isLate = true;
        this.#wakeOrigin();
      });
    }
    for (;;) {
      this.#room = Promise.withResolvers<void>();
      await this.#room.promise;
      const isSo = isTrue();
      if (!isSo && !isLate) continue;
      over.abort();
      return isSo;
    }
  }

  #next(position: number): Uint8Array | "end" | Promise<Uint8Array | void> {
    const { bytes, releasedBytes } = this.#body;
    if (position < bytes) {
      const last = Math.min(position + this.#limits.pieceBytesMax, bytes) - 1;
      if (position < releasedBytes && this.#storing !== undefined) {
        return this.#storing.some(position, last);
      }
      for (const slice of this.#body.slices(position, last)) return slice;
    }
    if (this.#state === "coming") return this.#more.promise;
    if (this.#state === "whole") return "end";
    throw this.#state.error;
  }

  #wakeOrigin(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  #wakeReaders(): void {
    this.#more.resolve();
    this.#more = Promise.withResolvers<void>();
  }

  #end(state: "whole" | { readonly error: unknown }): void {
    this.#state = state;
    this.#wakeReaders();
  }

  /** While the slower store takes its end, who comes may be given all of it still. */
  #closeWhenUnread(): void {
    if (!this.#isSettled || this.#readers.size > 0 || this.#isClosed) return;
    this.#isClosed = true;
    // Until then its bytes are in memory, whether they are kept elsewhere or not.
    this.#giveBack(0);
    this.#storing?.leave();
  }
}
