/** How many requests may be under way at once, and how many may wait for that, in their order. */

/** What a gate says of a request. */
export type Admission = "admitted" | "full" | "given up";

/** Places that are taken and left. */
export class Gate {
  readonly #placesMax: number;
  readonly #queueMax: number;
  #taken = 0;
  readonly #waiting = new Set<(admission: Admission) => void>();

  constructor(placesMax: number, queueMax: number) {
    this.#placesMax = placesMax;
    this.#queueMax = queueMax;
  }

  /** Places that are taken, and requests that wait. */
  get load(): { readonly taken: number; readonly waiting: number } {
    return { taken: this.#taken, waiting: this.#waiting.size };
  }

  /** Whether a place is free. */
  get hasRoom(): boolean {
    return this.#taken < this.#placesMax;
  }

  /** Takes a place, at once or when one is left; whoever is admitted must {@link leave} once. */
  enter(signal: AbortSignal): Admission | Promise<Admission> {
    if (signal.aborted) return "given up";
    if (this.hasRoom) {
      this.#taken += 1;
      return "admitted";
    }
    if (this.#waiting.size >= this.#queueMax) return "full";
    return new Promise((resolve) => {
      const settle = (admission: Admission) => {
        this.#waiting.delete(settle);
        signal.removeEventListener("abort", giveUp);
        resolve(admission);
      };
      const giveUp = () => settle("given up");
      this.#waiting.add(settle);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  /** Leaves a place, to whoever has waited longest. */
  leave(): void {
    for (const next of this.#waiting) return next("admitted");
    this.#taken -= 1;
  }
}
