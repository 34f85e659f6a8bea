/**
 * Who has the thread: guests run in slices, new and short ones before long ones, tenants by their weights.
 *
 * A guest that is alone goes on at once. Otherwise it waits here, and each turn of the event loop gives the
 * thread to one tenant's guest: to the tenant that has used the least time for its weight (fair queueing by
 * virtual time), and of its guests to the one that has used the least (multi-level feedback); every few picks
 * it is the one that has used the most, so that nobody starves.
 */

import { bug } from "@skerry/base";
import type { Tenant } from "./tenant.ts";

/** How long a guest computes before others have their turn, in milliseconds. */
export const sliceMs = 1;

/**
 * How long guests may begin in one turn of the event loop, in milliseconds, where nobody waits: to wait costs as much as all
 * else of a small request. Whatever came into it later, and whoever is in it, goes on in the next.
 */
export const turnMs = 4;

/** CPU time, in milliseconds, up to which a guest is in each level; beyond the last it is in one more. */
const levelMs = [1, 10, 100];
/** Of so many picks from a tenant's guests one goes to the longest-running. */
const picksPerOldest = 8;

/** A guest as the scheduler sees it. */
export interface Runner {
  readonly tenant: Tenant;
  /** CPU time that it has used, in milliseconds. */
  readonly cpuMs: number;
  /** It has had the thread for so long. */
  spent(ms: number): void;
  /** The scheduler's turn in which it has begun, and not left; the scheduler's own to change. */
  beganIn: number;
}

/** What a scheduler needs of its surroundings. */
export interface SchedulerOptions {
  /** Monotonic milliseconds, with fractions. */
  readonly nowMs: () => number;
  /** Calls back in another turn of the event loop, after what is waiting to be heard. */
  readonly turn: (callback: () => void) => void;
}

interface Entry {
  readonly runner: Runner;
  readonly turn: Promise<void>;
  readonly wake: () => void;
  gone: boolean;
}

/** The guests of one tenant that wait, by level. */
class Line {
  readonly #levels: Entry[][] = Array.from({ length: levelMs.length + 1 }, () => []);
  #picks = 0;

  push(entry: Entry): void {
    const level = levelMs.findIndex((ms) => entry.runner.cpuMs < ms);
    this.#levels.at(level)?.push(entry);
  }

  /** The next one, and whether there are more. */
  shift(): Entry | undefined {
    this.#picks += 1;
    const fromTop = this.#picks % picksPerOldest === 0;
    return (fromTop ? this.#levels.findLast(isSome) : this.#levels.find(isSome))?.shift();
  }

  get empty(): boolean {
    return !this.#levels.some(isSome);
  }
}

function isSome(entries: readonly Entry[]): boolean {
  return entries.length > 0;
}

/** Gives out one thread. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #lines = new Map<Tenant, Line>();
  readonly #entries = new Map<Runner, Entry>();
  /** The virtual time of the tenant that was picked last: who comes back is not ahead of it by having slept. */
  #virtualMs = 0;
  #turnStartMs: number | undefined;
  /** When the guest came that came last, or the turn began: whoever goes on after a wait in the same turn has no new slice. */
  #sliceStartMs = -Infinity;
  #turnPlanned = false;
  /**
   * Guests that have the thread or are on their way back to it. Others wait until they leave: each that is under way
   * has a stack, and V8 keeps only four of those for use again; the fifth costs more than all else of a small request.
   */
  #running = 0;
  /** Numbers the turns of the event loop: whoever began in another one is no longer among them. */
  #turnNumber = 1;
  /** Whoever was seen last of those. */
  #latest: Runner | undefined;
  /** Up to when the thread's time is accounted for. */
  #accountedMs = 0;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Guests that wait for the thread. */
  get waiting(): number {
    return this.#entries.size;
  }

  nowMs(): number {
    return this.#options.nowMs();
  }

  /** Undefined where a guest may run now; else a promise of its turn. */
  enter(runner: Runner, nowMs: number): Promise<void> | undefined {
    if (this.#turnStartMs === undefined) {
      this.#turnStartMs = nowMs;
      this.#planTurn();
    }
    const free = this.#entries.size === 0 && this.#running === 0;
    if (free && nowMs - this.#turnStartMs < turnMs) {
      this.#sliceStartMs = nowMs;
      this.#serve(runner.tenant);
      return undefined;
    }
    return this.wait(runner);
  }

  /** A promise of a guest's turn, which comes in another turn of the event loop; of the same one while it waits. */
  wait(runner: Runner): Promise<void> {
    const waiting = this.#entries.get(runner);
    if (waiting !== undefined) return waiting.turn;
    const { promise: turn, resolve: wake } = Promise.withResolvers<void>();
    const entry = { runner, turn, wake, gone: false };
    this.#entries.set(runner, entry);
    const { tenant } = runner;
    let line = this.#lines.get(tenant);
    if (line === undefined) {
      this.#lines.set(tenant, line = new Line());
      tenant.virtualMs = Math.max(tenant.virtualMs, this.#virtualMs);
    }
    line.push(entry);
    this.#planTurn();
    return turn;
  }

  /** Lets a guest that waits go on at once: it is to end. */
  cancel(runner: Runner): void {
    const entry = this.#entries.get(runner);
    if (entry === undefined) return;
    entry.gone = true;
    this.#entries.delete(runner);
    entry.wake();
  }

  /** A guest runs from now on, until it leaves. What has passed until now was the time of whoever runs already. */
  begin(runner: Runner, nowMs: number): void {
    this.#latest?.spent(nowMs - this.#accountedMs);
    this.#latest = runner;
    if (!this.isRunning(runner)) this.#running += 1;
    runner.beganIn = this.#turnNumber;
    this.#accountedMs = nowMs;
  }

  /** Whether a guest has begun, in this turn of the event loop, and not left: nobody has the thread for longer. */
  isRunning(runner: Runner): boolean {
    return runner.beganIn === this.#turnNumber;
  }

  /**
   * The guest that runs has come to the host: what has passed since any guest did is its time. Several may be on
   * their way at once, because the engine tells of a guest's end in a microtask, and goes on in one with a guest that it
   * has suspended (JSPI: answers go through PromiseResolve).
   */
  charge(runner: Runner, nowMs: number): void {
    this.#latest = runner;
    runner.spent(nowMs - this.#accountedMs);
    this.#accountedMs = nowMs;
  }

  /** Whether the guest that came last has had its slice, or all of them their turn. */
  turnOver(nowMs: number): boolean {
    return nowMs - this.#sliceStartMs >= sliceMs ||
      nowMs - (this.#turnStartMs ?? -Infinity) >= turnMs;
  }

  /** A guest waits or has ended. */
  leave(runner: Runner, nowMs: number): void {
    if (this.isRunning(runner)) this.#running -= 1;
    runner.beganIn = 0;
    this.charge(runner, nowMs);
    this.#latest = undefined;
    if (this.#entries.size > 0 && nowMs - (this.#turnStartMs ?? -Infinity) < sliceMs) this.#next();
  }

  #planTurn(): void {
    if (this.#turnPlanned) return;
    this.#turnPlanned = true;
    this.#options.turn(() => this.#turn());
  }

  #turn(): void {
    this.#turnPlanned = false;
    this.#turnStartMs = undefined;
    // Whoever has not left waits for something in a host function that had turns of its own.
    this.#running = 0;
    this.#turnNumber += 1;
    this.#latest = undefined;
    if (this.#entries.size === 0) {
      // All who were in them have been cancelled.
      this.#lines.clear();
      return;
    }
    this.#turnStartMs = this.#sliceStartMs = this.#options.nowMs();
    this.#next();
    this.#planTurn();
  }

  #next(): void {
    while (this.#entries.size > 0) {
      const [tenant, line] = this.#leastServed();
      const entry = line.shift();
      if (line.empty) this.#lines.delete(tenant);
      if (entry === undefined || entry.gone) continue;
      this.#serve(tenant);
      this.#entries.delete(entry.runner);
      return entry.wake();
    }
  }

  /** A tenant has the thread: its virtual time is everybody's, and nobody's lag grows unseen. */
  #serve(tenant: Tenant): void {
    this.#virtualMs = tenant.virtualMs = Math.max(this.#virtualMs, tenant.virtualMs);
  }

  #leastServed(): [Tenant, Line] {
    let least: [Tenant, Line] | undefined;
    for (const line of this.#lines) {
      if (least === undefined || line[0].virtualMs < least[0].virtualMs) least = line;
    }
    return least ?? bug("whoever waits is in a line");
  }
}
