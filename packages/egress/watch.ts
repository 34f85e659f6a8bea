/**
 * By when something must have happened, for many requests at once.
 *
 * One timer looks at all of them every now and then, so that an end which moves with each piece of a body costs no
 * more than a number. It is found passed late by up to the time between two looks, and never early.
 */

import type { Clock } from "@skerry/base";
import type { BackendFailureKind } from "./failure.ts";

/** What may be found passed. */
export type TimeoutKind = Extract<BackendFailureKind, `${string} timeout`>;

/** Milliseconds of a clock, as numbers. */
export function nowMs(clock: Clock): number {
  return clock.monotonicMs?.() ?? Number(clock.monotonicNs()) / 1e6;
}

/** How often it is looked. */
const lookEveryMs = 10;

/** Looks at all that are watched, for as long as there are any. */
export class Watches {
  readonly #clock: Clock;
  readonly #active = new Set<Watch>();
  readonly #never = new AbortController().signal;
  #isLooking = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Watches one more. */
  begin(totalAtMs: number, onPassed: (kind: TimeoutKind) => void): Watch {
    const watch = new Watch(this.#clock, totalAtMs, onPassed, () => this.#active.delete(watch));
    this.#active.add(watch);
    if (!this.#isLooking) void this.#look();
    return watch;
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    while (this.#active.size > 0) {
      await this.#clock.sleep(lookEveryMs, this.#never);
      const now = nowMs(this.#clock);
      for (const watch of this.#active) watch.check(now);
    }
    this.#isLooking = false;
  }
}

/** One request. */
export class Watch {
  readonly #clock: Clock;
  readonly #totalAtMs: number;
  readonly #onPassed: (kind: TimeoutKind) => void;
  readonly #onEnd: () => void;
  #kind: TimeoutKind = "total timeout";
  #atMs = Infinity;

  constructor(
    clock: Clock,
    totalAtMs: number,
    onPassed: (kind: TimeoutKind) => void,
    onEnd: () => void,
  ) {
    this.#clock = clock;
    this.#totalAtMs = totalAtMs;
    this.#onPassed = onPassed;
    this.#onEnd = onEnd;
  }

  /** From now on there is so much time for this; `Infinity` for as much as the whole may take. */
  allow(kind: TimeoutKind, limitMs: number): void {
    this.#kind = kind;
    this.#atMs = limitMs === Infinity ? Infinity : nowMs(this.#clock) + limitMs;
  }

  /** Tells where its time has passed, once. */
  check(now: number): void {
    if (now < this.#atMs && now < this.#totalAtMs) return;
    this.end();
    this.#onPassed(now >= this.#totalAtMs ? "total timeout" : this.#kind);
  }

  /** Is watched no more. */
  end(): void {
    this.#onEnd();
  }
}
