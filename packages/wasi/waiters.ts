/** Whoever waits for something to become ready: told once, and let go at once when the wait is given up. */

/** Those who wait for one thing. */
export class Waiters {
  /** Made when somebody waits, which is rare. */
  #waiting: Set<() => void> | undefined;

  /**
   * Resolves at the next {@link wake}, at once where it is ready, or when the signal is aborted; it never rejects.
   * Nothing of a waiter that has gone stays behind.
   *
   * @param isReady asked once the waiter is known, so that what becomes ready by asking is not missed
   */
  wait(signal: AbortSignal, isReady: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting ??= new Set();
      const done = () => {
        waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      waiting.add(done);
      signal.addEventListener("abort", done, { once: true });
      if (signal.aborted || isReady()) done();
    });
  }

  /** Tells all. */
  wake(): void {
    for (const done of [...this.#waiting ?? []]) done();
  }
}
