/**
 * A bound on what starts in one turn of the event loop.
 *
 * Requests that arrive together would otherwise all run before the loop turns again: no answer would be sent,
 * no connection accepted, no timer heard until the last of them is done. They would also be under way all at
 * once, each guest on a stack of its own, and V8 keeps only four stacks for use again (4 MiB of them): the fifth
 * costs more than all else that a small request does.
 */

import { monotonicMs } from "./clock.ts";

/** What a turn may take before nothing more is started in it, in milliseconds. */
const sliceMs = 10;

/** How many may be under way that have begun in the same turn. */
const placesPerTurn = 2;

/** Calls back in another turn of the event loop, after what is waiting to be heard. */
export function nextTurn(callback: () => void): void {
  setImmediate(callback);
}

/** Gives out turns in order of arrival. */
export class Turns {
  readonly #nowMs: () => number;
  readonly #waiting: (() => void)[] = [];
  /** When the turn began; undefined where nothing has begun in it. */
  #startMs: number | undefined;
  #turn = 0;
  #underWay = 0;

  /** @param nowMs monotonic milliseconds */
  constructor(nowMs: () => number = monotonicMs) {
    this.#nowMs = nowMs;
  }

  /** Does something now, or when there is a place for it. */
  take<Value>(act: () => Value | Promise<Value>): Value | Promise<Value> {
    if (this.#waiting.length > 0 || !this.#hasPlace()) {
      return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(() => this.#do(act));
    }
    this.#underWay += 1;
    return this.#do(act);
  }

  #hasPlace(): boolean {
    const nowMs = this.#nowMs();
    if (this.#startMs === undefined) {
      this.#startMs = nowMs;
      setImmediate(() => this.#nextTurn());
    }
    return this.#underWay < placesPerTurn && nowMs - this.#startMs < sliceMs;
  }

  /** Does something in the place that it has been given. */
  #do<Value>(act: () => Value | Promise<Value>): Value | Promise<Value> {
    const turn = this.#turn;
    let result: Value | Promise<Value> | undefined;
    try {
      result = act();
      return result;
    } finally {
      if (result instanceof Promise) {
        const ended = () => this.#ended(turn);
        result.then(ended, ended);
        this.#letNextBegin();
      } else this.#ended(turn);
    }
  }

  /** What goes on for longer than its turn is in nobody's way. */
  #ended(turn: number): void {
    if (turn !== this.#turn) return;
    this.#underWay -= 1;
    this.#letNextBegin();
  }

  #nextTurn(): void {
    this.#turn += 1;
    this.#underWay = 0;
    this.#startMs = undefined;
    this.#letNextBegin();
  }

  /** One at a time, for each may take all that is left of the turn. */
  #letNextBegin(): void {
    if (this.#waiting.length === 0 || !this.#hasPlace()) return;
    this.#underWay += 1;
    this.#waiting.shift()?.();
  }
}
