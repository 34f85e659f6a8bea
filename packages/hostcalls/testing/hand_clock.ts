/** A clock that a test moves. */

import type { Clock } from "@skerry/base";

export class HandClock implements Clock {
  readonly resolutionNs = 1n;
  ms = 0;
  /** How long was slept, each time; who sleeps makes the time pass. */
  readonly sleeps: number[] = [];

  wallNs = () => this.monotonicNs();
  monotonicNs = () => BigInt(this.ms) * 1_000_000n;

  sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
    this.pass(ms);
    return Promise.resolve();
  }

  pass(ms: number): void {
    this.ms += ms;
  }
}
