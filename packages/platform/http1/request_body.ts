/** The body of a request, which is read only as it is asked for, so that a slow guest slows its client. */

import type { ByteSource } from "@skerry/base";
import { allowedTrailers, type Field } from "@skerry/http";
import { nextTurn } from "../turns.ts";
import { type BodyDecoder, CountingDecoder } from "./body_decoder.ts";
import type { BodyLength } from "./body_length.ts";
import { ChunkedDecoder } from "./chunked.ts";
import type { Input } from "./input.ts";
import { isRefusal, type Refusal } from "./refusal.ts";

/** After how many pieces that nobody wanted others have their turn: pieces of a single byte are many. */
const discardedPerTurn = 1_000;

/** A body as it arrives. */
export class RequestBody implements ByteSource {
  readonly #input: Input;
  readonly #decoder: BodyDecoder;
  readonly #onRefused: (refusal: Refusal) => void;
  /** Has the client send it; undefined where it does so by itself, or was told to. */
  #demand: (() => void) | undefined;
  #state: "under way" | "whole" | "broken" = "under way";

  /** @param onRefused called once where the body turns out to be malformed */
  constructor(input: Input, length: BodyLength, onRefused: (refusal: Refusal) => void) {
    this.#input = input;
    this.#decoder = length === "chunked" ? new ChunkedDecoder() : new CountingDecoder(length);
    this.#onRefused = onRefused;
  }

  /** Whether its end was read: what follows on the connection is another request. */
  get isWhole(): boolean {
    return this.#state === "whole";
  }

  /** The fields after it, once it was read to its end (RFC 9110 §6.5): those that may stand there. */
  get trailers(): readonly Field[] {
    return this.isWhole ? allowedTrailers(this.#decoder.trailers) : [];
  }

  /** The client sends it only when this is called (RFC 9110 §10.1.1): when somebody waits for it. */
  withhold(demand: () => void): void {
    this.#demand = demand;
  }

  /** Whether the client may still wait to be told, and what comes next may be the body or another request. */
  get isWithheld(): boolean {
    return this.#demand !== undefined && this.#input.buffer.length === 0;
  }

  /** Has the client send it. Does nothing where it sends already. */
  demand(): void {
    if (this.isWithheld) this.#demand?.();
    this.#demand = undefined;
  }

  /** Whether it is the client's turn: what is here was read, or is not enough to go on with. */
  get isAwaited(): boolean {
    return this.#state === "under way" && !this.isWithheld &&
      (this.#input.isWanted || this.#input.buffer.length === 0);
  }

  /** Up to so many bytes, at least one; none at the end. Rejects where the body was cut off. */
  read(bytesMax: number): Uint8Array | Promise<Uint8Array> {
    return this.#take(bytesMax) ?? this.#takeLater(bytesMax);
  }

  /** Reads on and drops what nobody wanted. False where the end is not within so many bytes, or does not come. */
  async discard(bytesMax: number): Promise<boolean> {
    try {
      for (let left = bytesMax, pieces = 1; left > 0; pieces += 1) {
        const { length } = await this.read(left);
        if (length === 0) return true;
        left -= length;
        if (pieces % discardedPerTurn === 0) await new Promise<void>(nextTurn);
      }
    } catch {
      // It was cut off.
    }
    return false;
  }

  /** What is missing will not come. */
  breakOff(): void {
    if (this.#state === "under way") this.#state = "broken";
  }

  async #takeLater(bytesMax: number): Promise<Uint8Array> {
    this.demand();
    while (this.#state === "under way") {
      // RFC 9112 §8: a body that was cut off must not pass for a whole one.
      if (this.#input.ended) this.breakOff();
      else await this.#input.more();
      const taken = this.#take(bytesMax);
      if (taken !== undefined) return taken;
    }
    throw cutOff;
  }

  #take(bytesMax: number): Uint8Array | undefined {
    if (this.#state === "broken") return undefined;
    if (this.#state === "whole" || bytesMax === 0) return new Uint8Array(0);
    const taken = this.#decoder.take(this.#input.buffer, bytesMax);
    if (taken === "more") return undefined;
    this.#demand = undefined;
    if (isRefusal(taken)) {
      this.#state = "broken";
      this.#onRefused(taken);
      return undefined;
    }
    if (this.#decoder.isDone) this.#state = "whole";
    if (taken.length > 0) this.#input.taken();
    return taken;
  }
}

/** One value for all, because making an exception for each costs a stack trace. */
const cutOff = new Error("the request ended before its body did");
