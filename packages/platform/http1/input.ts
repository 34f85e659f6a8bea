/**
 * What a client sends, read ahead of its use.
 *
 * One read is always under way while there is room, also while a request is being answered: that a client has
 * gone is seen by its connection's end alone. What nobody takes fills a bounded buffer, and then the client has
 * to wait.
 */

import type { Duplex } from "../sockets/sockets.ts";
import { nextTurn } from "../turns.ts";
import { InputBuffer } from "./input_buffer.ts";

/** The half of a connection that is read. */
export type Readable = Pick<Duplex, "read">;

/** Reads a connection to its end. */
export class Input {
  readonly buffer: InputBuffer;
  /** Resolves, never rejects, when nothing more is read. */
  readonly finished: Promise<void>;
  readonly #connection: Readable;
  readonly #onArrival: () => void;
  #receivedBytes = 0;
  #ended = false;
  #isStopped = false;
  #isWanted = false;
  #arrival: PromiseWithResolvers<void> | undefined;
  #onRoom: (() => void) | undefined;

  /**
   * @param takenAtOnceMax the most bytes that must be here together before any are taken
   * @param onArrival called when there is more than before, or the end
   */
  constructor(connection: Readable, takenAtOnceMax: number, onArrival: () => void) {
    this.#connection = connection;
    this.#onArrival = onArrival;
    this.buffer = new InputBuffer(takenAtOnceMax);
    this.finished = this.#readAll().then(() => {
      this.#ended = true;
      this.#tell();
    });
  }

  /** Whether nothing will come after what is in the buffer. */
  get ended(): boolean {
    return this.#ended;
  }

  /** How many bytes have come in all. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Whether somebody asked for more than there is, and nothing has come since. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Asks for more than there is, where what is here is not enough to go on with. */
  want(): void {
    this.#isWanted = true;
    this.#onRoom?.();
  }

  /** Resolves when there is more than before, or the end. */
  more(): Promise<void> {
    if (this.#ended) return Promise.resolve();
    this.want();
    this.#arrival ??= Promise.withResolvers();
    return this.#arrival.promise;
  }

  /** To be called after bytes were taken: there may be room again. */
  taken(): void {
    this.#onRoom?.();
  }

  /** Reads no more. A read that is under way ends when its connection is closed. */
  stop(): void {
    this.#isStopped = true;
    this.#onRoom?.();
  }

  /** Drops what comes, up to so many bytes. Resolves after them, or at the end. */
  async discard(bytesMax: number): Promise<void> {
    for (let left = bytesMax; left > 0 && !this.#ended;) {
      left -= this.buffer.length;
      this.buffer.skip(this.buffer.length);
      await this.more();
    }
  }

  async #readAll(): Promise<void> {
    try {
      while (!this.#isStopped) {
        const room = this.buffer.room(this.#isWanted);
        if (room === undefined) {
          await new Promise<void>((resolve) => this.#onRoom = resolve);
          this.#onRoom = undefined;
          continue;
        }
        const count = await this.#connection.read(room);
        if (count === null) break;
        this.buffer.filled(count);
        this.#receivedBytes += count;
        this.#tell();
      }
    } catch {
      // A connection that breaks, or is closed by us, ends like any other.
      return;
    }
    // Some clients end their half right after a request: one that is answered without waiting for anything
    // is not taken for abandoned.
    await new Promise<void>(nextTurn);
  }

  #tell(): void {
    this.#isWanted = false;
    this.#arrival?.resolve();
    this.#arrival = undefined;
    this.#onArrival();
  }
}
