/** What one lease may use, and what it has used. */

import type { Limit } from "./outcome.ts";
import type { Runner } from "./scheduler.ts";
import type { Tenant } from "./tenant.ts";

/** The bounds of one lease; one that is left out does not bound. */
export interface Budget {
  /** Time from the start of the run, in milliseconds: computing, waiting for the host, for the thread. */
  readonly wallMsMax?: number;
  /** Time on the thread, in milliseconds. Only an artifact can be interrupted by it. */
  readonly cpuMsMax?: number;
  /**
   * Fuel: guest instructions, as docs/artifact.md counts them. The same run uses the same on every machine,
   * so this is the bound where an outcome must not depend on the machine's speed.
   */
  readonly fuelMax?: number;
  /** All memories together, in bytes, from the start and after growth. */
  readonly memoryBytesMax?: number;
  /** Host calls, each counted with its charge. */
  readonly hostCallsMax?: number;
}

/** What a lease has used. */
export interface Usage {
  /** Time on the thread, in milliseconds. */
  readonly cpuMs: number;
  /** Fuel used; 0 for a module that is no artifact. */
  readonly fuel: number;
  readonly hostCalls: number;
  /** The most that its memories have been, in bytes. */
  readonly memoryBytes: number;
}

/** How much fuel a guest gets at once: about a fifth of a millisecond. */
const quantum = 200_000;

/** @throws RangeError where a bound is no number, or below 0: it would bound nothing */
export function checkBudget(budget: Budget): void {
  const { wallMsMax = 0, cpuMsMax = 0, fuelMax = 0, memoryBytesMax = 0, hostCallsMax = 0 } = budget;
  const sound = wallMsMax >= 0 && cpuMsMax >= 0 && fuelMax >= 0 && memoryBytesMax >= 0 &&
    hostCallsMax >= 0;
  if (sound) return;
  const bounds = { wallMsMax, cpuMsMax, fuelMax, memoryBytesMax, hostCallsMax };
  throw new RangeError(`a lease's bounds are numbers from 0 on: ${JSON.stringify(bounds)}`);
}

/** Counts what one lease uses. */
export class Meter implements Runner {
  readonly tenant: Tenant;
  cpuMs = 0;
  beganIn = 0;
  readonly #budget: Budget;
  #startMs = 0;
  /** Fuel that was handed out, and what of it the guest has given back unused. */
  #fuelGiven = 0;
  #hostCalls = 0;

  constructor(tenant: Tenant, budget: Budget) {
    this.tenant = tenant;
    this.#budget = budget;
  }

  get hostCalls(): number {
    return this.#hostCalls;
  }

  /** The run begins. */
  start(nowMs: number): void {
    this.#startMs = nowMs;
  }

  spent(ms: number): void {
    this.cpuMs += ms;
    this.tenant.virtualMs += ms / this.tenant.weight;
  }

  /** When the wall time is up, in monotonic milliseconds. */
  get deadlineMs(): number {
    return this.#startMs + (this.#budget.wallMsMax ?? Infinity);
  }

  /** Which bound has been reached, if any, for a guest that has so much fuel left. */
  exceeded(nowMs: number, fuelLeft: number): Limit | undefined {
    const { fuelMax, cpuMsMax } = this.#budget;
    if (fuelMax !== undefined && this.fuelUsed(fuelLeft) >= fuelMax) return "fuel";
    if (cpuMsMax !== undefined && this.cpuMs >= cpuMsMax) return "CPU time";
    return nowMs >= this.deadlineMs ? "wall time" : undefined;
  }

  /** The next quantum for a guest that has so much left (0 or less) of what it was given. */
  refuel(fuelLeft: number): number {
    const used = this.fuelUsed(fuelLeft);
    const given = Math.min(quantum, (this.#budget.fuelMax ?? Infinity) - used);
    this.#fuelGiven = used + given;
    return given;
  }

  /** Takes back what a guest has left, unused. */
  withdraw(fuelLeft: number): void {
    this.#fuelGiven -= fuelLeft;
  }

  /** Fuel used by a guest that has so much left. */
  fuelUsed(fuelLeft: number): number {
    return this.#fuelGiven - fuelLeft;
  }

  /** Counts a host call; false where the budget has no room for it. */
  chargeHostCall(charge: number): boolean {
    this.#hostCalls += charge;
    return this.#hostCalls <= (this.#budget.hostCallsMax ?? Infinity);
  }
}
