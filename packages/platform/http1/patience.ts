/** How long a connection's client is waited for. */

import type { ListenLimits } from "../listen_limits.ts";
import { Deadline } from "./deadline.ts";
import type { Input } from "./input.ts";
import type { Output } from "./output.ts";
import { Pace } from "./pace.ts";
import type { Refusal } from "./refusal.ts";

/** What took too long: what the client sends, what it takes, or all of an exchange. */
export type Impatience = "sending" | "taking" | "exchange";

/** The bounds in time of one connection. */
export class Patience {
  readonly #limits: ListenLimits;
  readonly #input: Input;
  readonly #output: Output;
  /** By when the client must have sent what it owes. */
  readonly #due = new Deadline();
  /** By when it must have its response. */
  readonly #exchangeDue = new Deadline();
  /** Made once somebody has to be waited for: most connections are over before. */
  #sending: Pace | undefined;
  #taking: Pace | undefined;

  constructor(limits: ListenLimits, input: Input, output: Output) {
    this.#limits = limits;
    this.#input = input;
    this.#output = output;
    this.#due.allow(limits.headerWallMsMax);
  }

  /** From now on the client owes something that it must have sent by then; `Infinity` where it owes nothing. */
  expect(wallMsMax: number): void {
    this.#due.allow(wallMsMax);
  }

  /** A request has come, and owes a body or none. */
  beginExchange(hasBody: boolean): void {
    this.#due.allow(hasBody ? this.#limits.receiveWallMsMax : Infinity);
    this.#exchangeDue.allow(this.#limits.exchangeWallMsMax);
  }

  /** The response is out, or will never be. */
  endExchange(): void {
    this.#exchangeDue.allow(Infinity);
  }

  /**
   * What has taken too long. To be asked every now and then.
   *
   * @param isOwed whether it is the client's turn to send; of a body it is so by a least rate
   */
  lost(nowMs: number, isOwed: "nothing" | "body" | "other"): Impatience | undefined {
    const isDue = this.#due.isPassed(nowMs);
    const isExchangeDue = this.#exchangeDue.isPassed(nowMs);
    if (this.#isTakenTooSlowly(nowMs)) return "taking";
    const isBehind = this.#isSentTooSlowly(nowMs, isOwed === "body");
    if (isOwed !== "nothing" && (isDue || isBehind)) return "sending";
    return isExchangeDue ? "exchange" : undefined;
  }

  #isSentTooSlowly(nowMs: number, isOwed: boolean): boolean {
    const { receiveBytesPerSecondMin, receiveStallWallMsMax } = this.#limits;
    if (isOwed) this.#sending ??= new Pace(receiveBytesPerSecondMin, receiveStallWallMsMax);
    return this.#sending?.isTooSlow(nowMs, this.#input.receivedBytes, isOwed) === true;
  }

  #isTakenTooSlowly(nowMs: number): boolean {
    const { sendBytesPerSecondMin, sendStallWallMsMax } = this.#limits;
    const { sentBytes, isBlocked } = this.#output;
    if (isBlocked) this.#taking ??= new Pace(sendBytesPerSecondMin, sendStallWallMsMax);
    return this.#taking?.isTooSlow(nowMs, sentBytes, isBlocked) === true;
  }
}

/** What a client and its operator are told of each. */
export const impatient: Readonly<Record<Impatience, Refusal>> = {
  sending: { status: 408, why: "the request took too long to arrive" },
  taking: { status: 408, why: "the client took its response too slowly" },
  exchange: { status: 503, why: "the request and its response took too long" },
};
