/** Times of one thread that another one can read: their clocks count from different starts. */

/** Memory that both have: a time, and a cell to call by. */
export interface SharedTimes {
  readonly times: SharedArrayBuffer;
  readonly cells: SharedArrayBuffer;
}

const pings = 2_000;

/** Memory for two threads. */
export function sharedTimes(): SharedTimes {
  return { times: new SharedArrayBuffer(8), cells: new SharedArrayBuffer(4) };
}

/** The time that the other thread has written. */
export function timesOf({ times }: SharedTimes): Float64Array {
  return new Float64Array(times);
}

/**
 * By how much the other thread's clock is ahead of this one's, in milliseconds: its time in the midst of the
 * fastest of many calls. The other thread has to answer meanwhile.
 */
export function clockOffsetMs(shared: SharedTimes): number {
  const cells = new Int32Array(shared.cells);
  const times = timesOf(shared);
  let fastest = { ms: Infinity, offset: Number.NaN };
  for (let ping = 0; ping < pings; ping += 1) {
    const sent = performance.now();
    Atomics.store(cells, 0, 2 * ping + 1);
    while (Atomics.load(cells, 0) !== 2 * ping + 2);
    const heard = performance.now();
    const ms = heard - sent;
    if (ms < fastest.ms) fastest = { ms, offset: (times[0] ?? Number.NaN) - (sent + heard) / 2 };
  }
  return fastest.offset;
}

/** The other thread's part. */
export function answerPings(shared: SharedTimes): void {
  const cells = new Int32Array(shared.cells);
  const times = timesOf(shared);
  for (let ping = 0; ping < pings; ping += 1) {
    while (Atomics.load(cells, 0) !== 2 * ping + 1);
    times[0] = performance.now();
    Atomics.store(cells, 0, 2 * ping + 2);
  }
}
