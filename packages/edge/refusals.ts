/**
 * What the listener refuses before it is a request, for the log: a client may have as many refused as it likes,
 * so that the log tells of some in each second and counts the others.
 */

import type { Clock } from "@skerry/base";
import type { LogEvent } from "./log.ts";
import { WallTime } from "./wall_time.ts";

/** Events of one second. */
const perSecondMax = 10;

/** What was refused, and whose it was. */
export interface Refused {
  readonly status: number;
  readonly why: string;
  readonly remote: string;
}

/** Gives refusals to a log. */
export class Refusals {
  readonly #clock: Clock;
  readonly #wallTime: WallTime;
  readonly #log: (event: LogEvent) => void;
  #second = Number.NaN;
  #inSecond = 0;
  #unlogged = 0;

  constructor(clock: Clock, log: (event: LogEvent) => void) {
    this.#clock = clock;
    this.#wallTime = new WallTime(clock);
    this.#log = log;
  }

  /** Takes a refusal. */
  note({ status, why, remote }: Refused): void {
    const second = Math.floor(Number(this.#clock.monotonicNs()) / 1e9);
    if (second !== this.#second) this.#inSecond = 0;
    this.#second = second;
    this.#inSecond += 1;
    if (this.#inSecond > perSecondMax) {
      this.#unlogged += 1;
      return;
    }
    const unlogged = this.#unlogged === 0 ? undefined : this.#unlogged;
    this.#unlogged = 0;
    this.#log({ type: "refused", time: this.#wallTime.text(), status, why, remote, unlogged });
  }
}
