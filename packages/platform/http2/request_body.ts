/**
 * The body of a request, which is kept until it is asked for. What is not asked for keeps its client from sending
 * more: the window is given back by what was read alone.
 */

import type { ByteSource } from "@skerry/base";

/** Pieces that are smaller are put together: a client that sends single bytes would cost a hundred for each. */
const smallBytesMax = 1024;
const gatheredBytes = 4 * 1024;

/** A body as it arrives. */
export class RequestBody implements ByteSource {
  readonly #onRead: (bytes: number) => void;
  #pieces: Uint8Array[] = [];
  /** How much of the last piece is used, where it is one that is put together. */
  #gathered = 0;
  #waiting: PromiseWithResolvers<void> | undefined;
  #state: "under way" | "whole" | "broken" = "under way";
  #length = 0;

  /** @param onRead told how many bytes were read, or will never be */
  constructor(onRead: (bytes: number) => void) {
    this.#onRead = onRead;
  }

  /** Whether it is the client's turn: somebody reads, or all that is here was read. */
  get isAwaited(): boolean {
    return this.#state === "under way" && this.#length === 0;
  }

  /** Whether all of it has arrived. */
  get isWhole(): boolean {
    return this.#state === "whole";
  }

  /** Whether all of it was read. */
  get isRead(): boolean {
    return this.#state === "whole" && this.#length === 0;
  }

  /** Up to so many bytes, at least one; none at the end. Rejects where the body was cut off. */
  read(bytesMax: number): Uint8Array | Promise<Uint8Array> {
    return this.#take(bytesMax) ?? this.#takeLater(bytesMax);
  }

  /** A piece has arrived. */
  add(piece: Uint8Array<ArrayBuffer>): void {
    this.#length += piece.length;
    if (piece.length >= smallBytesMax) {
      this.#closeGathered();
      this.#pieces.push(piece);
    } else this.#gather(piece);
    this.#tell();
  }

  /** All of it has arrived. */
  end(): void {
    if (this.#state === "under way") this.#state = "whole";
    this.#tell();
  }

  /** What is missing will not come, and what is here is not read any more. */
  breakOff(): void {
    if (this.#state === "broken") return;
    this.#state = "broken";
    const length = this.#length;
    this.#pieces = [];
    this.#length = 0;
    if (length > 0) this.#onRead(length);
    this.#tell();
  }

  async #takeLater(bytesMax: number): Promise<Uint8Array> {
    for (;;) {
      if (this.#state === "broken") throw cutOff;
      this.#waiting ??= Promise.withResolvers();
      await this.#waiting.promise;
      const taken = this.#take(bytesMax);
      if (taken !== undefined) return taken;
    }
  }

  #take(bytesMax: number): Uint8Array | undefined {
    if (this.#state === "broken") return undefined;
    if (bytesMax === 0) return new Uint8Array(0);
    if (this.#length === 0) return this.#state === "whole" ? new Uint8Array(0) : undefined;
    if (this.#pieces.length === 1) this.#closeGathered();
    const [first] = this.#pieces;
    if (first === undefined) return undefined;
    const taken = first.length <= bytesMax ? first : first.subarray(0, bytesMax);
    if (taken === first) this.#pieces.shift();
    else this.#pieces[0] = first.subarray(bytesMax);
    this.#length -= taken.length;
    this.#onRead(taken.length);
    return taken;
  }

  #gather(piece: Uint8Array): void {
    if (piece.length === 0) return;
    let last = this.#gathered > 0 ? this.#pieces.at(-1) : undefined;
    if (last === undefined || this.#gathered + piece.length > last.length) {
      this.#closeGathered();
      last = new Uint8Array(gatheredBytes);
      this.#pieces.push(last);
    }
    last.set(piece, this.#gathered);
    this.#gathered += piece.length;
  }

  /** What was put together is a piece like any other from now on. */
  #closeGathered(): void {
    const last = this.#pieces.length - 1;
    const piece = this.#pieces[last];
    if (this.#gathered > 0 && piece !== undefined) {
      this.#pieces[last] = piece.subarray(0, this.#gathered);
    }
    this.#gathered = 0;
  }

  #tell(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }
}

/** One value for all, because making an exception for each costs a stack trace. */
const cutOff = new Error("the request ended before its body did");
