/** What the core needs of the world, as parameters: time, chance, and streams of bytes. */

/** Time. Both clocks count nanoseconds. */
export interface Clock {
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  wallNs(): bigint;
  /** What {@link wallNs} says, in whole milliseconds: for what is asked often. */
  wallMs?(): number;
  /** Nanoseconds since an unspecified start; never goes back. */
  monotonicNs(): bigint;
  /** What {@link monotonicNs} says, in milliseconds with fractions: for what is measured often. */
  monotonicMs?(): number;
  /** What {@link monotonicNs} says, as a number: for what is told to guests often. */
  monotonicWholeNs?(): number;
  /** The smallest step of either clock, in nanoseconds. */
  readonly resolutionNs: bigint;
  /**
   * Resolves after `ms` milliseconds, or at once when the signal is aborted (it never rejects: whoever
   * aborts knows why).
   */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Random bytes. */
export interface RandomSource {
  /** Fills the whole of `bytes`. */
  fill(bytes: Uint8Array): void;
}

/** Where bytes come from. */
export interface ByteSource {
  /**
   * The next bytes, at least one and at most `bytesMax`; an empty array at the end. The array belongs to
   * the caller. Only one read may be under way at a time. A synchronous answer means that the bytes were
   * there already.
   */
  read(bytesMax: number): Uint8Array | Promise<Uint8Array>;
  /** Whether this is a terminal. */
  readonly isTerminal?: boolean;
}

/** Where bytes go to. */
export interface ByteSink {
  /**
   * Takes all of `bytes`, which are the sink's from then on; their `buffer` is not, which others may share: what is
   * passed on is the array, and a structured clone (`postMessage`) is made of a copy. A promise is back-pressure: the next write waits for it. A sink that has been closed by its reader throws or rejects.
   */
  write(bytes: Uint8Array): void | Promise<void>;
  /** Whether this is a terminal. */
  readonly isTerminal?: boolean;
}
