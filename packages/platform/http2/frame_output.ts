/**
 * What a client of HTTP/2 is sent: frames, gathered for a turn of the event loop and written together.
 *
 * Bodies wait for their turn while much is under way, one after another, a frame each. What cannot wait is bounded
 * all the same: a client that makes us write and does not read is cut off.
 */

import { Deadline } from "../http1/deadline.ts";
import type { Writable } from "../http1/output.ts";
import { nextTurn } from "../turns.ts";
import { flags, frameHeaderBytes, frameType, payloadBytesMax } from "./frames.ts";
import type { Http2Limits } from "./http2_limits.ts";

/** What a connection that sends nothing holds. */
const bytesAtFirst = 1024;

/** Writes frames to a connection. */
export class FrameOutput {
  /** By when what is being written must make a step. */
  readonly deadline = new Deadline();
  readonly #connection: Writable;
  readonly #limits: Http2Limits;
  readonly #stallMsMax: number;
  readonly #onBroken: () => void;
  #bytes = new Uint8Array(bytesAtFirst);
  #length = 0;
  #spare: Uint8Array<ArrayBuffer> | undefined;
  #isScheduled = false;
  #isWriting = false;
  #isBroken = false;
  /** Those who wait for their turn. */
  readonly #waiting: (() => void)[] = [];
  /** How many of them were let in and have not sent their frame. */
  #promised = 0;
  /** Those who wait for all to be written. */
  readonly #flushed: (() => void)[] = [];

  /** @param onBroken called once where the client takes nothing, or the connection breaks */
  constructor(
    connection: Writable,
    limits: Http2Limits,
    stallMsMax: number,
    onBroken: () => void,
  ) {
    this.#connection = connection;
    this.#limits = limits;
    this.#stallMsMax = stallMsMax;
    this.#onBroken = onBroken;
  }

  /** Whether a body may send a frame now; else it is to wait for its {@link turn}. */
  get hasRoom(): boolean {
    return this.#waiting.length === 0 && this.#promised === 0 &&
      this.#length < this.#limits.outputBytesMax;
  }

  /** Resolves when there is room for a frame. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  /** Resolves when all that was sent so far is with the kernel, or nothing more will be. */
  flushed(): Promise<void> {
    return new Promise((resolve) => {
      this.#flushed.push(resolve);
      this.#schedule();
    });
  }

  /** Sends a frame that waits for nobody. */
  control(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    const { outputBytesMax, controlBytesMax } = this.#limits;
    if (this.#length > outputBytesMax + controlBytesMax) return this.#break();
    this.#frame(type, flags, streamId, payload);
  }

  /** Sends a frame whose payload is a number. */
  number(type: number, streamId: number, value: number): void {
    const payload = new Uint8Array(4);
    new DataView(payload.buffer).setUint32(0, value);
    this.control(type, 0, streamId, payload);
  }

  /** Sends a piece of a body, of one frame at most. */
  data(streamId: number, bytes: Uint8Array, isLast: boolean): void {
    this.#promised = Math.max(0, this.#promised - 1);
    this.#frame(frameType.data, isLast ? flags.endStream : 0, streamId, bytes);
  }

  /** Sends a header block. Nothing may come between its frames (RFC 9113 §4.3). */
  headers(streamId: number, block: Uint8Array, isLast: boolean): void {
    let set = isLast ? flags.endStream : 0;
    let type: number = frameType.headers;
    for (let at = 0;; at += payloadBytesMax) {
      const isWhole = at + payloadBytesMax >= block.length;
      const piece = block.subarray(at, at + payloadBytesMax);
      this.#frame(type, set | (isWhole ? flags.endHeaders : 0), streamId, piece);
      if (isWhole) return;
      set = 0;
      type = frameType.continuation;
    }
  }

  /** Nobody is to be kept waiting any more. */
  stop(): void {
    this.#isBroken = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
    for (const resolve of this.#flushed.splice(0)) resolve();
  }

  #frame(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    const { length } = payload;
    this.#reserve(frameHeaderBytes + length);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = length >> 16;
    bytes[at++] = length >> 8;
    bytes[at++] = length;
    bytes[at++] = type;
    bytes[at++] = flags;
    bytes[at++] = streamId >> 24;
    bytes[at++] = streamId >> 16;
    bytes[at++] = streamId >> 8;
    bytes[at++] = streamId;
    bytes.set(payload, at);
    this.#length = at + length;
    this.#schedule();
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }

  #schedule(): void {
    if (this.#isBroken) return this.stop();
    if (this.#isScheduled || this.#isWriting) return;
    this.#isScheduled = true;
    nextTurn(() => {
      this.#isScheduled = false;
      void this.#write();
    });
  }

  /** Writes what there is, until there is no more. Never rejects. */
  async #write(): Promise<void> {
    if (this.#isWriting || this.#isBroken) return;
    this.#isWriting = true;
    try {
      while (this.#length > 0 && !this.#isBroken) {
        const bytes = this.#bytes;
        const length = this.#length;
        this.#bytes = this.#spare ?? new Uint8Array(bytesAtFirst);
        this.#spare = undefined;
        this.#length = 0;
        // While it is written the next is gathered.
        this.#letIn();
        await this.#writeAll(bytes.subarray(0, length));
        this.#spare = bytes;
      }
    } catch {
      return this.#break();
    } finally {
      this.#isWriting = false;
    }
    this.#letIn();
    if (this.#waiting.length > 0) this.#schedule();
    else if (this.#length === 0) this.#rest();
  }

  /** As many as have room; they send in their own microtasks. */
  #letIn(): void {
    const room = Math.ceil((this.#limits.outputBytesMax - this.#length) / payloadBytesMax);
    const next = this.#waiting.splice(0, Math.max(0, room));
    // A promise that was not kept, by a stream that has ended, is forgotten.
    this.#promised = next.length;
    for (const resolve of next) resolve();
  }

  #rest(): void {
    for (const resolve of this.#flushed.splice(0)) resolve();
    if (this.#bytes.length > bytesAtFirst) this.#bytes = new Uint8Array(bytesAtFirst);
    if ((this.#spare?.length ?? 0) > 4 * bytesAtFirst) this.#spare = undefined;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      this.deadline.allow(this.#stallMsMax);
      const taken = this.#connection.write(bytes.subarray(at));
      at += typeof taken === "number" ? taken : await taken;
    }
    this.deadline.allow(Infinity);
  }

  #break(): void {
    if (this.#isBroken) return;
    this.stop();
    this.#onBroken();
  }
}
