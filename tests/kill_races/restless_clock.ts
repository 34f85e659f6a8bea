/** A clock that goes on each time it is looked at, by chance, so that slices end soon; and turns to wait for. */

import { setImmediate } from "node:timers";
import type { Clock } from "@skerry/base";
import type { Random } from "../differential/random.ts";

/** The next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Waits so many turns. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

/** Time by chance. */
export class RestlessClock implements Clock {
  readonly resolutionNs = 1n;
  readonly #random: Random;
  #nowNs = 0n;

  constructor(random: Random) {
    this.#random = random;
  }

  wallNs = () => this.#nowNs;

  monotonicNs = () => this.#nowNs += BigInt(this.#random.below(800_000));

  /** A millisecond takes a turn here. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    for (let turn = 0; turn < ms && !signal.aborted; turn += 1) await nextTurn();
  }
}
