/**
 * Whether somebody keeps up with a least rate.
 *
 * Time in which it is their turn counts against them, bytes count for them, and no more of these than make up for
 * what they are behind: who was fast once may not be slow later. A pure function of what it is told.
 */
export class Pace {
  readonly #bytesPerMs: number;
  readonly #behindMsMax: number;
  #behindMs = 0;
  #bytes = 0;
  #atMs: number | undefined;

  /** @param behindMsMax how far behind the rate they may be, in time; as long may nothing come at all */
  constructor(bytesPerSecondMin: number, behindMsMax: number) {
    this.#bytesPerMs = bytesPerSecondMin / 1_000;
    this.#behindMsMax = behindMsMax;
  }

  /**
   * Whether they are too far behind. To be asked every now and then.
   *
   * @param bytes how many have gone in all
   * @param isOwed whether it is their turn now, and is taken to have been since the last time where it was then
   */
  isTooSlow(nowMs: number, bytes: number, isOwed: boolean): boolean {
    const passedMs = nowMs - (this.#atMs ?? nowMs);
    const earnedMs = bytes === this.#bytes ? 0 : (bytes - this.#bytes) / this.#bytesPerMs;
    this.#atMs = isOwed ? nowMs : undefined;
    this.#bytes = bytes;
    this.#behindMs = isOwed ? Math.max(0, this.#behindMs + passedMs - earnedMs) : 0;
    return this.#behindMs >= this.#behindMsMax && isOwed && passedMs > 0;
  }
}
