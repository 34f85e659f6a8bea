/**
 * A bound on what starts in one turn of the event loop.
 *
 * Requests that arrive together would otherwise all run before the loop turns again: no answer would be sent,
 * no connection accepted, no timer heard until the last of them is done. Once a turn has taken longer than a
 * slice, what comes next waits in line, and one starts in each turn after it.
 */

/** What a turn may take before nothing more is started in it, in milliseconds. */
const sliceMs = 10;

/** Calls back in another turn of the event loop, after what is waiting to be heard. */
export function nextTurn(callback: () => void): void {
  setImmediate(callback);
}

/** Gives out turns in order of arrival. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #turnStartMs: number | undefined;

  /** Undefined where the caller may start at once, else a promise of its turn. */
  next(): Promise<void> | undefined {
    const nowMs = performance.now();
    if (this.#turnStartMs === undefined) {
      this.#turnStartMs = nowMs;
      setImmediate(() => this.#turnStartMs = undefined);
    }
    if (this.#waiting.length === 0 && nowMs - this.#turnStartMs < sliceMs) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) setImmediate(() => this.#startOne());
    });
  }

  #startOne(): void {
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) setImmediate(() => this.#startOne());
  }
}
