/**
 * By when something must have happened.
 *
 * The clock is read by whoever checks, and not for each request: a deadline begins when it is first checked.
 * So it passes late by up to the time between two checks, and never early.
 */
export class Deadline {
  #limitMs = Infinity;
  #dueMs: number | undefined;

  /** From now on there is so much time; `Infinity` for as much as it takes. */
  allow(limitMs: number): void {
    this.#limitMs = limitMs;
    this.#dueMs = undefined;
  }

  /** Whether the time is over. To be asked every now and then. */
  isPassed(nowMs: number): boolean {
    this.#dueMs ??= nowMs + this.#limitMs;
    return nowMs >= this.#dueMs;
  }
}
