/**
 * One use of a recycled sandbox, from the lease to the reset's end.
 *
 * The pool resets in another turn of the event loop. Here the turns are the benchmark's own, so that each use's reset
 * is counted with it, and nothing else that the loop may be doing.
 */

import { type Clock, limits } from "@skerry/base";
import { nextTurn, systemClock } from "@skerry/platform";
import { compile, type CompileOptions, type Outcome, Pool } from "@skerry/sandbox";
import { answerOf, bindAll, type Heard, interfacesOf, type Subject } from "./subject.ts";

/** Turns that come when they are asked for, or else with the event loop's: a guest may wait for one. */
export class OwnTurns {
  #waiting: (() => void)[] = [];
  #planned = false;

  readonly turn = (callback: () => void): void => {
    this.#waiting.push(callback);
    if (this.#planned) return;
    this.#planned = true;
    nextTurn(() => {
      this.#planned = false;
      this.take();
    });
  };

  /** What waits has its turn; what it asks for comes in the next. */
  take(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }
}

/** A use by a warm pool of one subject: the answer, when all is as new. */
export async function leasedUse(
  subject: Subject,
  options: CompileOptions = {},
  clock: Clock = systemClock,
): Promise<() => unknown> {
  const interfaces = interfacesOf(subject);
  const compiled = await compile(subject.bytes, { ...options, interfaces });
  if (!compiled.ok) throw new Error(`${subject.name} does not compile`);
  const program = compiled.value;
  if (program.notRecycled.length > 0) {
    throw new Error(`${subject.name} is not recycled: ${program.notRecycled.join()}`);
  }
  const turns = new OwnTurns();
  const pool = new Pool({ clock, turn: turns.turn });
  pool.warm(program, 1);
  const { requestWallMsMax: wallMsMax, requestCpuMsMax: cpuMsMax } = limits;
  return () => {
    const heard: Heard = { answer: undefined };
    const bindings = bindAll(interfaces, heard);
    const lease = pool.leaseNow(program, { bindings, wallMsMax, cpuMsMax });
    if (typeof lease === "string") throw new Error(lease);
    const ended = (outcome: Outcome) => {
      lease.release();
      turns.take();
      if (outcome.kind !== "returned") throw new Error(`${subject.name}: ${outcome.kind}`);
      return answerOf(subject, outcome.values, heard);
    };
    const outcome = lease.runNow(subject.entry, subject.args);
    return outcome instanceof Promise ? outcome.then(ended) : ended(outcome);
  };
}
