/**
 * A guest at work: what it asks of its host while it runs, how it waits, and the verdict on how it ended.
 *
 * What always holds: nothing that a guest or a host function does is thrown out of {@link Run.call}; nothing but
 * the stop trap (stop.ts) is thrown through guest frames; and once a verdict is set every further host call, tick
 * and growth ends the guest again.
 */

import { bug } from "@skerry/base";
import type { Meter } from "./budget.ts";
import type { Channel } from "./channel.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Growth, GrowthAnswer, MemoryShare } from "./growth.ts";
import { GuestHandle, type HandleSource } from "./guest_handle.ts";
import { GuestMemory, GuestMemoryFault } from "./guest_memory.ts";
import type { Guest, HostBinding, HostFunction } from "./host.ts";
import { backtraceOf, guestValues, judgeGuest, judgeHostCall } from "./judge.ts";
import type { SwitchSlot } from "./kill_switch.ts";
import type { Limit, Outcome } from "./outcome.ts";
import type { Program } from "./program.ts";
import type { HostReturn } from "./host_entry.ts";
import type { Holder, Sandbox } from "./sandbox.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Stepper } from "./stepper.ts";
import { stopGuest } from "./stop.ts";
import { type Waiter, Waits } from "./waits.ts";

/** What a run is made of: what its lease was given, and what it has. */
export interface RunParts {
  readonly program: Program;
  readonly bindings: readonly HostBinding[];
  readonly meter: Meter;
  readonly scheduler: Scheduler;
  readonly deadlines: Deadlines;
  readonly onSuspend: (() => void) | undefined;
  readonly onGrowth: ((growth: Growth) => GrowthAnswer | Promise<GrowthAnswer>) | undefined;
}

/** Why a run's signal is aborted: one value for all, because making an exception for each costs a stack trace. */
const runOver = new Error("the lease is over");

/** Of so many host calls one looks at the clock: a guest that does little else is out of fuel only rarely. */
const callsPerLook = 16;

const terminatedReason = "its kill switch was used";

/** One run of a guest. */
export class Run implements Holder, HandleSource, Waiter {
  readonly #parts: RunParts;
  readonly #guests: GuestHandle[] = [];
  readonly #sandbox: Sandbox;
  readonly #memory: GuestMemory | undefined;
  readonly #share: MemoryShare;
  /** Set where somebody may end the guest from outside. */
  switch: SwitchSlot | undefined;
  /** Set where somebody takes what host functions yield. */
  stepper: Stepper | undefined;
  #verdict: Outcome | undefined;
  #over = false;
  #began = false;
  #controller: AbortController | undefined;
  #callsSinceLook = 0;
  /** Made when it first waits. */
  #waits: Waits | undefined;

  constructor(parts: RunParts, sandbox: Sandbox, share: MemoryShare) {
    this.#parts = parts;
    this.#sandbox = sandbox;
    this.#memory = sandbox.memory && new GuestMemory(sandbox.memory);
    this.#share = share;
  }

  /** How it ended, or is about to. */
  get verdict(): Outcome | undefined {
    return this.#verdict;
  }

  /** Whether any code of the guest's has run. */
  get began(): boolean {
    return this.#began;
  }

  /** Whether a host function that the guest waited for is still at work. */
  get unsettled(): boolean {
    return this.#waits?.unsettled === true;
  }

  /**
   * Calls an export and says how it ended, at once where it has ended without having waited; neither throws nor rejects.
   *
   * @param ended called at the end, with how it ended; its answer is the last word
   */
  call(
    exportName: string,
    args: readonly (number | bigint)[],
    ended: (outcome: Outcome) => Outcome,
  ): Outcome | Promise<Outcome> {
    const { program, meter, scheduler } = this.#parts;
    try {
      const nowMs = scheduler.nowMs();
      meter.start(nowMs);
      const turn = scheduler.enter(meter, nowMs);
      // As most do: it runs at once, and has nothing to run before.
      const result = turn === undefined && program.prologue.length === 0
        ? this.#begin(nowMs).call(exportName, args)
        : this.#callInTurn(turn, exportName, args);
      if (!(result instanceof Promise)) return this.#returned(result, ended);
      return result.then(
        (settled) => this.#returned(settled, ended),
        (error) => this.#threw(error, ended),
      );
    } catch (error) {
      return this.#threw(error, ended);
    }
  }

  #returned(result: unknown, ended: (outcome: Outcome) => Outcome): Outcome {
    return ended(this.#verdict ?? returnedOutcome(this.#parts.program, result));
  }

  #threw(error: unknown, ended: (outcome: Outcome) => Outcome): Outcome {
    return ended(this.#verdict ?? judgeGuest(this.#parts.program, error));
  }

  async #callInTurn(
    turn: Promise<void> | undefined,
    exportName: string,
    args: readonly (number | bigint)[],
  ): Promise<unknown> {
    const { program, scheduler } = this.#parts;
    if (turn !== undefined) await this.#waiting().untilTurn(turn);
    if (this.#verdict !== undefined) return undefined;
    const sandbox = this.#begin(scheduler.nowMs());
    for (const name of program.prologue) await sandbox.call(name, []);
    return await sandbox.call(exportName, args);
  }

  /** The guest is about to run. */
  #begin(nowMs: number): Sandbox {
    this.resume(nowMs);
    this.#began = true;
    this.#sandbox.fuel = this.#parts.meter.refuel(0);
    return this.#sandbox;
  }

  /** The run is over: nothing of it reaches the guest any more, and nothing changes how it ended. */
  end(outcome: Outcome): Outcome {
    const { scheduler } = this.#parts;
    try {
      this.leave(scheduler.nowMs());
    } catch (error) {
      // A clock that breaks is the host's fault, and no reason to keep the sandbox for ever.
      this.#decide(() => ({ kind: "hostFault", error, backtrace: [] }));
    }
    this.#waits?.end();
    this.#decide(() => outcome);
    this.#over = true;
    this.#controller?.abort(runOver);
    this.#memory?.revoke();
    return this.#verdict ?? outcome;
  }

  /** Ends the guest: at once where it waits, else at its next tick or host call. */
  kill(reason: string): void {
    this.#stop(() => this.#killed(reason));
  }

  /** When its wall time is up, in monotonic milliseconds. */
  get deadlineMs(): number {
    return this.#parts.meter.deadlineMs;
  }

  /** Its wall time is up. */
  timeIsUp(): void {
    this.#stop(() => ({ kind: "exhausted", limit: "wall time", backtrace: this.#whereItWaits() }));
  }

  /** As {@link kill}, because its switch was used. */
  killedFromOutside(): void {
    this.kill(terminatedReason);
  }

  enterHostCall(declared: HostFunction<never>, index: number): Guest<never> {
    if (this.#verdict !== undefined) return stopGuest();
    if (!this.#parts.meter.chargeHostCall(declared.charge)) {
      return this.#stopFromHostCall(() => this.#exhausted("host calls"));
    }
    if (this.switch?.move("hostCall") === false) return this.#endFromOutside();
    try {
      return this.#guests[index] ??= new GuestHandle(this.#stateOf(index), this);
    } catch (thrown) {
      return this.hostCallThrew(thrown);
    }
  }

  leaveHostCall(declared: HostFunction<never>, answer: HostReturn): HostReturn {
    try {
      // As most answer: nothing to wait for, and what the engine takes.
      const plain = typeof answer === "number" && declared.results[0] !== "i64";
      if (!plain && isThenable(answer)) {
        // Whoever made it hears of its failure by us alone.
        const later = Promise.resolve(answer);
        if (declared.suspends) return this.#suspend(declared, later);
        later.catch(() => {});
        throw new TypeError("a host function that is to answer at once answered with a promise");
      }
      if (!plain) checkAnswer(declared, answer);
      // A host call may have ended its own lease: what the guest wrote was malformed, say.
      if (this.#verdict !== undefined) return stopGuest();
      this.#lookAtClock();
      return this.switch?.move("guest") === false ? this.#endFromOutside() : answer;
    } catch (thrown) {
      return this.hostCallThrew(thrown);
    }
  }

  hostCallThrew(thrown: unknown): never {
    return this.#stopFromHostCall(() => this.#judgeHostCall(thrown));
  }

  tick(fuel: number): number | Promise<number> {
    return this.#guarded(0, () => {
      const { meter } = this.#parts;
      if (this.switch?.terminated === true) this.killedFromOutside();
      const nowMs = this.timeOfRunning();
      const limit = meter.exceeded(nowMs, fuel);
      if (limit !== undefined) this.#stop(() => this.#exhausted(limit));
      if (this.#verdict !== undefined) return 0;
      if (!this.#parts.scheduler.turnOver(nowMs)) return meter.refuel(fuel);
      return this.#waiting().forTurn(nowMs).then(() =>
        this.#verdict === undefined ? meter.refuel(fuel) : 0
      );
    });
  }

  grow(index: number, size: bigint, delta: bigint): number | Promise<number> {
    return this.#guarded(-1, () => {
      if (this.#verdict !== undefined) return -1;
      const growth: Growth = {
        what: index < 0 ? "table" : "memory",
        index: index < 0 ? -1 - index : index,
        size: BigInt.asUintN(64, size),
        delta: BigInt.asUintN(64, delta),
      };
      const { onGrowth } = this.#parts;
      const answer = onGrowth === undefined ? "allow" : onGrowth(growth);
      if (!isThenable(answer)) return this.#answerGrowth(growth, answer);
      return this.#waiting().forAnswer(Promise.resolve(answer)).then((settled) =>
        settled === undefined ? -1 : this.#answerGrowth(growth, settled)
      );
    });
  }

  #answerGrowth(growth: Growth, answer: GrowthAnswer): number {
    if (answer === "terminate") {
      this.#stop(() => this.#exhausted(growth.what === "memory" ? "memory" : "table elements"));
    }
    if (this.#verdict !== undefined) return -1;
    return answer === "allow" && this.#share.take(growth) ? 1 : 0;
  }

  /** An answer to an injected call, whose every failure is a verdict: nothing is thrown into the guest, which could catch it. */
  #guarded(ended: number, act: () => number | Promise<number>): number | Promise<number> {
    const fail = (thrown: unknown): number => {
      this.hostThrew(thrown);
      return ended;
    };
    try {
      const answer = act();
      return typeof answer === "number" ? answer : answer.catch(fail);
    } catch (thrown) {
      return fail(thrown);
    }
  }

  /** Sets how the run ends, unless that is known already, and lets a guest that waits find out. */
  #stop(verdict: () => Outcome): void {
    if (this.#over || this.#verdict !== undefined) return;
    this.#decide(verdict);
    this.#controller?.abort(runOver);
    this.#waits?.interrupt();
    this.#parts.scheduler.cancel(this.#parts.meter);
  }

  /** Ends the guest from inside a host call, with a verdict unless there is one. */
  #stopFromHostCall(verdict: () => Outcome): never {
    this.#decide(verdict);
    return stopGuest();
  }

  /** Says how the run ends, unless that is known. Whoever has used its switch before came first; whoever does later, too late. */
  #decide(verdict: () => Outcome): void {
    if (this.#verdict !== undefined) return;
    const terminated = this.switch?.move("over") === false;
    this.#verdict = terminated ? this.#killed(terminatedReason) : verdict();
  }

  #killed(reason: string): Outcome {
    return { kind: "killed", reason, backtrace: this.#whereItWaits() };
  }

  #endFromOutside(): never {
    this.killedFromOutside();
    return stopGuest();
  }

  #exhausted(limit: Limit): Outcome {
    const where = this.#waits?.at ?? new Error("exhausted here");
    return { kind: "exhausted", limit, backtrace: backtraceOf(this.#parts.program, where) };
  }

  /** A host function, or a policy of the embedder's, threw. */
  hostThrew(thrown: unknown): void {
    this.#decide(() => this.#judgeHostCall(thrown));
  }

  #judgeHostCall(thrown: unknown): Outcome {
    return judgeHostCall(this.#parts.program, thrown, this.#waits?.at ?? thrown);
  }

  #whereItWaits() {
    return backtraceOf(this.#parts.program, this.#waits?.at);
  }

  #stateOf(index: number): unknown {
    const { program, bindings } = this.#parts;
    const wanted = program.interfaces[index];
    const binding = bindings.find((bound) => bound.interface === wanted);
    return binding === undefined ? bug(`nothing is bound to ${wanted?.module}`) : binding.state;
  }

  guestMemory(): GuestMemory {
    return this.#memory ?? noMemory();
  }

  guestSignal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#verdict !== undefined) this.#controller.abort(runOver);
    }
    return this.#controller.signal;
  }

  /** Now, on a guest's own time: what has passed since any guest was seen is charged to it. */
  timeOfRunning(): number {
    const { scheduler, meter } = this.#parts;
    const nowMs = scheduler.nowMs();
    if (scheduler.isRunning(meter)) scheduler.charge(meter, nowMs);
    else this.resume(nowMs);
    return nowMs;
  }

  /** It has the thread from now on. */
  resume(nowMs: number): void {
    this.#parts.scheduler.begin(this.#parts.meter, nowMs);
  }

  /** It gives the thread up, if it has it. */
  leave(nowMs: number): void {
    const { scheduler, meter } = this.#parts;
    if (scheduler.isRunning(meter)) scheduler.leave(meter, nowMs);
  }

  /** What host functions do takes time, and no fuel: where the slice is over, the guest is to tick soon. */
  #lookAtClock(): void {
    this.#callsSinceLook += 1;
    if (this.#callsSinceLook < callsPerLook) return;
    this.#callsSinceLook = 0;
    const { meter } = this.#parts;
    if (!this.#parts.scheduler.turnOver(this.timeOfRunning())) return;
    meter.withdraw(this.#sandbox.fuel);
    this.#sandbox.fuel = 0;
  }

  /** Ends the guest with an exit code. */
  exit(code: number): never {
    return this.#stopFromHostCall(() => ({ kind: "exited", code: code >>> 0 }));
  }

  ask<Yielded, Resumed>(channel: Channel<Yielded, Resumed>, value: Yielded): Promise<Resumed> {
    if (this.stepper !== undefined) return this.stepper.ask(channel, value);
    throw new Error(`the guest yields on "${channel.name}", and its lease is not stepped`);
  }

  /** A host function works for long, and asks whether others should have their turn. */
  turnOfHostCall(): Promise<void> | undefined {
    const { meter } = this.#parts;
    const nowMs = this.timeOfRunning();
    if (!this.#parts.scheduler.turnOver(nowMs)) return undefined;
    const limit = meter.exceeded(nowMs, this.#sandbox.fuel);
    if (limit !== undefined) this.#stop(() => this.#exhausted(limit));
    if (this.#verdict !== undefined) return Promise.reject(runOver);
    return this.#waiting().forTurn(nowMs).then(() => {
      if (this.#verdict !== undefined) throw runOver;
    });
  }

  /** Waits for a host function's answer, or for whatever ends the run first. */
  async #suspend(
    declared: HostFunction<never>,
    answer: Promise<number | bigint | void>,
  ): Promise<number | bigint | void> {
    try {
      this.#parts.onSuspend?.();
    } catch (thrown) {
      // It would be an exception in the guest, which could catch it.
      this.hostThrew(thrown);
    }
    const checked = answer.then((value) => {
      checkAnswer(declared, value);
      return value;
    });
    const value = await this.#waiting().forAnswer(checked)
      .catch((thrown) => this.hostThrew(thrown));
    return this.#verdict === undefined ? value : stopGuest();
  }

  #waiting(): Waits {
    const { meter, scheduler, deadlines } = this.#parts;
    return this.#waits ??= new Waits(this, meter, scheduler, deadlines);
  }
}

function returnedOutcome(program: Program, result: unknown): Outcome {
  try {
    return { kind: "returned", values: guestValues(result) };
  } catch (error) {
    return judgeGuest(program, error);
  }
}

/** Whether the engine, too, would wait for it (ECMA-262, promise resolve functions). */
function isThenable<Value>(answer: Value | PromiseLike<Value>): answer is PromiseLike<Value> {
  return typeof answer === "object" && answer !== null && "then" in answer &&
    typeof answer.then === "function";
}

/** What the engine cannot convert it throws as an exception of the guest's, which could catch it. */
function checkAnswer({ results }: HostFunction<never>, answer: unknown): void {
  const type = results[0];
  if (type === undefined || typeof answer === (type === "i64" ? "bigint" : "number")) return;
  throw new TypeError(`a host function that gives ${type} answered with a ${typeof answer}`);
}

function noMemory(): never {
  throw new GuestMemoryFault("the guest exports no memory named `memory`");
}
