/**
 * Who may have a sandbox now: a bounded number at once, a bounded queue in order of arrival, then a refusal.
 *
 * Every lease is a fresh instance. Recycled instances come behind this same interface.
 */

import { Lease, type LeaseOptions } from "./lease.ts";
import { LeaseHooks } from "./lease_hooks.ts";
import type { Program } from "./program.ts";

/** Bounds of a pool. */
export interface PoolOptions {
  /** Leases that may be out at once. */
  readonly sandboxesMax: number;
  /** Callers that may wait for one. */
  readonly queueMax: number;
}

/** Why no lease was given: all are out and the queue is full, or the caller gave up waiting. */
export type Refusal = "full" | "abandoned";

/** Sandboxes of any programs, under one bound. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #waiting = new Set<() => void>();
  readonly #hooks = new LeaseHooks();
  #out = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Leases that are out now. */
  get inUse(): number {
    return this.#out;
  }

  /**
   * Leases a sandbox, waiting in line where all are out.
   *
   * @param program what to run
   * @param options bindings and limits of this lease
   * @param signal aborted when the caller no longer wants it
   * @returns the lease, to be given back by `release`, or why there is none
   */
  async lease(
    program: Program,
    options: LeaseOptions,
    signal?: AbortSignal,
  ): Promise<Lease | Refusal> {
    if (signal?.aborted) return "abandoned";
    if (this.#out < this.#options.sandboxesMax) {
      this.#out += 1;
    } else {
      const refusal = await this.#wait(signal);
      if (refusal !== undefined) return refusal;
    }
    return new Lease(program, options, () => this.#giveBack(), this.#hooks);
  }

  /** Waits for a place; the place is handed over by {@link #giveBack}, so the count stays as it is. */
  #wait(signal: AbortSignal | undefined): Promise<Refusal | undefined> {
    if (this.#waiting.size >= this.#options.queueMax) return Promise.resolve("full");
    return new Promise((resolve) => {
      const grant = () => {
        signal?.removeEventListener("abort", abandon);
        resolve(undefined);
      };
      const abandon = () => {
        this.#waiting.delete(grant);
        resolve("abandoned");
      };
      this.#waiting.add(grant);
      signal?.addEventListener("abort", abandon, { once: true });
    });
  }

  #giveBack(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#out -= 1;
    } else {
      this.#waiting.delete(next);
      next();
    }
  }
}
