/**
 * One body on its way from an origin to many readers, each at its own pace, and to what keeps it.
 *
 * What always holds: every reader gets every byte in order, or an error in place of the end; what was cut short is never
 * said to be whole; no more of it is in memory than the bound. The origin is read as fast as the fastest reader takes it,
 * and a little ahead.
 */

import type { Clock } from "@skerry/base";
import { GrowingBody, type KeptBody, segmentBytes } from "../body.ts";
import { RelayReader } from "./relay_reader.ts";

/** Bounds of a relay. */
export interface RelayLimits {
  /** How far the origin is read ahead of the fastest reader. */
  readonly aheadBytesMax: number;
  /** How much a reader is given at once. */
  readonly pieceBytesMax: number;
  /** How long slow readers of a body that is too large to be kept may hold the others up, in milliseconds. */
  readonly heldUpMsMax: number;
}

/** For those who have no bounds of their own. */
export const relayLimits: RelayLimits = {
  aheadBytesMax: 256 * 1024,
  pieceBytesMax: 64 * 1024,
  heldUpMsMax: 10_000,
};

/** How a body ended. `outgrown`: it is whole, and too large to be kept. */
export type RelayEnd =
  | { readonly kind: "whole"; readonly body: KeptBody }
  | { readonly kind: "outgrown" }
  | { readonly kind: "cut off" };

/** See the head of this file. */
export class Relay {
  readonly #body: GrowingBody;
  readonly #keptBytesMax: number;
  readonly #clock: Clock;
  readonly #limits: RelayLimits;
  readonly #readers = new Set<RelayReader>();
  #state: "coming" | "whole" | { readonly error: unknown } = "coming";
  #isOutgrown = false;
  /** Resolved when there is more, or an end. */
  #more = Promise.withResolvers<void>();
  /** Resolved when a reader has gone on, or has gone. */
  #room: PromiseWithResolvers<void> | undefined;

  /** @param keptBytesMax of what may be kept; more is only passed on */
  constructor(keptBytesMax: number, clock: Clock, limits: RelayLimits = relayLimits) {
    this.#keptBytesMax = keptBytesMax;
    // What is passed on is let go of in segments: two may be partly wanted.
    this.#body = new GrowingBody(Math.max(keptBytesMax, limits.aheadBytesMax + 2 * segmentBytes));
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

  /** Somebody who reads all of it, from its first byte on: to be asked for before it has outgrown its bound. */
  reader(onClosed: () => void = () => {}): RelayReader {
    const reader: RelayReader = new RelayReader((position) => this.#next(position), {
      moved: () => this.#wakeOrigin(),
      closed: () => {
        this.#readers.delete(reader);
        this.#wakeOrigin();
        this.#wakeReaders();
        onClosed();
      },
    });
    this.#readers.add(reader);
    return reader;
  }

  /**
   * Takes all of a body. Never rejects.
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
      this.#end({ error });
      return { kind: "cut off" };
    }
    this.#end("whole");
    return this.#isOutgrown ? { kind: "outgrown" } : { kind: "whole", body: this.#body.finish() };
  }

  async #take(piece: Uint8Array, onOutgrown: () => void): Promise<void> {
    if (!this.#isOutgrown && this.#body.bytes + piece.length > this.#keptBytesMax) {
      this.#isOutgrown = true;
      onOutgrown();
    }
    for (let at = 0; at < piece.length;) {
      if (this.#isOutgrown && this.#readers.size === 0) throw new Error("nobody reads it any more");
      const next = piece.subarray(at, at + this.#limits.pieceBytesMax);
      if (this.#body.append(next) === "too large") await this.#makeRoom();
      else {
        at += next.length;
        this.#wakeReaders();
      }
    }
  }

  /** Lets go of what all readers have had; who holds the others up for too long is left behind. */
  async #makeRoom(): Promise<void> {
    const hasRoom = () => this.#body.release(this.#slowest);
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
    return fastest;
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

  #next(position: number): Uint8Array | "end" | Promise<void> {
    const { bytes } = this.#body;
    if (position < bytes) {
      const last = Math.min(position + this.#limits.pieceBytesMax, bytes) - 1;
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
}
