/**
 * How a guest waits: for its turn of the thread, or for an answer of the host's.
 *
 * What always holds: a wait ends when its run does, whatever it waits for; while a guest waits, others have the
 * thread; and when it goes on, its kill switch has been looked at. Most guests never wait, and have none of this.
 */

import type { Deadlines, Due } from "./deadlines.ts";
import type { SwitchSlot } from "./kill_switch.ts";
import type { Outcome } from "./outcome.ts";
import type { Runner, Scheduler } from "./scheduler.ts";

/** What waits ask of their run. */
export interface Waiter extends Due {
  readonly verdict: Outcome | undefined;
  readonly switch: SwitchSlot | undefined;
  /** Its switch was used. */
  killedFromOutside(): void;
  /** A host function, or a policy of the embedder's, threw. */
  hostThrew(thrown: unknown): void;
  /** It gives the thread up, if it has it; it has the thread from now on; it may have either by now. */
  leave(nowMs: number): void;
  resume(nowMs: number): void;
  timeOfRunning(): number;
}

/** The waits of one run. */
export class Waits {
  readonly #waiter: Waiter;
  readonly #runner: Runner;
  readonly #scheduler: Scheduler;
  readonly #deadlines: Deadlines;
  /** Lets a guest that waits for a host function go on, into its stop trap; set only while it waits. */
  #interrupt: (() => void) | undefined;
  /** Host functions that have not settled: they may hold on to the guest's memory. */
  #unsettled = 0;
  #timed = false;
  /** Where the guest is suspended. */
  at: Error | undefined;

  constructor(waiter: Waiter, runner: Runner, scheduler: Scheduler, deadlines: Deadlines) {
    this.#waiter = waiter;
    this.#runner = runner;
    this.#scheduler = scheduler;
    this.#deadlines = deadlines;
  }

  /** Whether a host function that the guest waited for is still at work. */
  get unsettled(): boolean {
    return this.#unsettled > 0;
  }

  /** The run has a verdict: what the guest waits for does not matter any more. */
  interrupt(): void {
    this.#interrupt?.();
  }

  /** The run is over. */
  end(): void {
    if (this.#timed) this.#deadlines.remove(this.#waiter);
    this.#interrupt = undefined;
  }

  /** A slice is over: others have the thread until it is this guest's turn again. */
  async forTurn(nowMs: number): Promise<void> {
    this.at = new Error("between two slices");
    this.#waiter.leave(nowMs);
    await this.untilTurn(this.#scheduler.wait(this.#runner));
    this.at = undefined;
    this.#waiter.resume(this.#scheduler.nowMs());
  }

  /** As {@link forTurn}, for a turn that has been asked for. */
  async untilTurn(turn: Promise<void>): Promise<void> {
    this.#watchWallTime();
    this.#move("suspended");
    await turn;
    this.#move("guest");
  }

  /** The guest waits, others run. Undefined, and there is a verdict, where the wait ends without an answer. */
  async forAnswer<Value>(answer: Promise<Value>): Promise<Value | undefined> {
    const waiter = this.#waiter;
    this.at = new Error("suspended here");
    waiter.leave(this.#scheduler.nowMs());
    this.#watchWallTime();
    this.#settles(answer);
    this.#move("suspended");
    const interrupted = new Promise<undefined>((resolve) => {
      this.#interrupt = () => resolve(undefined);
      if (waiter.verdict !== undefined) resolve(undefined);
    });
    try {
      const value = await Promise.race([answer, interrupted]);
      if (waiter.verdict !== undefined) return undefined;
      const turn = this.#scheduler.enter(this.#runner, this.#scheduler.nowMs());
      if (turn !== undefined) await turn;
      return value;
    } catch (thrown) {
      waiter.hostThrew(thrown);
      return undefined;
    } finally {
      this.#interrupt = undefined;
      this.#move("guest");
      this.at = undefined;
      // A host function that took turns of its own has been running until now.
      waiter.timeOfRunning();
    }
  }

  #settles(answer: Promise<unknown>): void {
    this.#unsettled += 1;
    const settled = () => void (this.#unsettled -= 1);
    answer.then(settled, settled);
  }

  #move(to: "suspended" | "guest"): void {
    if (this.#waiter.switch?.move(to) === false) this.#waiter.killedFromOutside();
  }

  /** Measures the wall time of a guest that waits; one that computes is measured by its ticks. */
  #watchWallTime(): void {
    if (this.#timed || this.#waiter.deadlineMs === Infinity) return;
    this.#timed = true;
    this.#deadlines.add(this.#waiter);
  }
}
