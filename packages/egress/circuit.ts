/** The breaker of one backend, over time. */

import type { Clock } from "@skerry/base";
import {
  admit,
  type Breaker,
  type BreakerLimits,
  type BreakerOutcome,
  closedBreaker,
  record,
} from "./breaker.ts";
import type { NetworkFailure } from "./failure.ts";
import { nowMs } from "./watch.ts";

/** Admits requests and hears how they end. */
export class Circuit {
  readonly #clock: Clock;
  readonly #limits: BreakerLimits;
  #breaker: Breaker = closedBreaker;

  constructor(clock: Clock, limits: BreakerLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get kind(): Breaker["kind"] {
    return this.#breaker.kind;
  }

  /** Whether a request may go. How it ends is to be told. */
  admits(): boolean {
    const { breaker, isAdmitted } = admit(this.#breaker, nowMs(this.#clock));
    this.#breaker = breaker;
    return isAdmitted;
  }

  answered(): void {
    this.#note("good");
  }

  failed(failure: NetworkFailure): void {
    this.#note(isBad(failure) ? "bad" : "unknown");
  }

  #note(outcome: BreakerOutcome): void {
    this.#breaker = record(this.#breaker, outcome, nowMs(this.#clock), this.#limits);
  }
}

/** Whether a failure speaks against the backend. */
function isBad({ kind }: NetworkFailure): boolean {
  switch (kind) {
    case "dns":
    case "connect":
    case "tls":
    case "connect timeout":
    case "first byte timeout":
    case "between bytes timeout":
    case "reset":
    case "protocol":
      return true;
    case "refused":
    case "total timeout":
    case "queue timeout":
    case "too large":
    case "circuit open":
    case "unhealthy":
    case "too many":
    case "request":
    case "cancelled":
    case "closed":
      return false;
  }
}
