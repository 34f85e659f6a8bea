/**
 * One use of one sandbox: the states bound to it, what it may use, and the verdict on how it ended.
 *
 * What always holds:
 * - Nothing that a guest or a host function does is thrown out of {@link Lease.run}.
 * - Nothing but the stop trap is thrown through guest frames (stop.ts), and once a verdict is set every
 *   further host call and every tick ends the guest again.
 * - A lease is run once. Its states are reachable from nowhere else and die with it, and so does its way to
 *   the guest's memory: a host function that comes back late finds neither.
 */

import { bug, type Clock } from "@skerry/base";
import { engineFrames } from "./backtrace.ts";
import { type Budget, Meter, type Usage } from "./budget.ts";
import type { Growth, GrowthAnswer } from "./growth.ts";
import { MemoryShare } from "./growth.ts";
import { GuestHandle } from "./guest_handle.ts";
import { GuestMemory, GuestMemoryFault } from "./guest_memory.ts";
import type { Guest, HostBinding, HostFunction } from "./host.ts";
import type { KillSwitch, SwitchBoard, SwitchSlot } from "./kill_switch.ts";
import type { Frame, GuestValue, Limit, Outcome } from "./outcome.ts";
import type { Program } from "./program.ts";
import type { Holder, HostReturn, Sandbox } from "./sandbox.ts";
import type { Scheduler } from "./scheduler.ts";
import { type Step, Stepper } from "./stepper.ts";
import { stopGuest } from "./stop.ts";
import type { Tenant } from "./tenant.ts";
import { classify } from "./trap.ts";

/** What a lease is given. */
export interface LeaseOptions extends Budget {
  /** The state for each of the program's interfaces. */
  readonly bindings: readonly HostBinding[];
  /** On whose behalf; the pool's own tenant unless told. */
  readonly tenant?: Tenant;
  /** Called each time the guest begins to wait for the host. */
  readonly onSuspend?: () => void;
  /** Asked before memory or a table grows, within the bounds that hold anyway. */
  readonly onGrowth?: (growth: Growth) => GrowthAnswer | Promise<GrowthAnswer>;
}

/** In what state a lease leaves its sandbox: nothing of the guest's ran; it ran; it must not be used again. */
export type Wear = "untouched" | "used" | "spoiled";

/** What a lease needs of its pool. */
export interface LeaseHome {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly switches: () => SwitchBoard;
  /** Takes pages of the process's memory; false where there are none. */
  readonly reserve: (pages: number) => boolean;
  /** The sandbox comes back; once for each lease. */
  readonly takeBack: (lease: Lease, wear: Wear) => void;
}

/** Why a lease's signal is aborted: one value for all, because making an exception for each costs a stack trace. */
const leaseOver = new Error("the lease is over");

const nothingUsed: Usage = { cpuMs: 0, fuel: 0, hostCalls: 0, memoryBytes: 0 };

/** A leased sandbox. */
export class Lease implements Holder {
  readonly program: Program;
  readonly tenant: Tenant;
  readonly #options: LeaseOptions;
  readonly #home: LeaseHome;
  readonly #meter: Meter;
  readonly #guests: GuestHandle[] = [];
  #sandbox: Sandbox | undefined;
  #memory: GuestMemory | undefined;
  #share: MemoryShare | undefined;
  #controller: AbortController | undefined;
  #switch: SwitchSlot | undefined;
  #stepper: Stepper | undefined;
  #phase: "fresh" | "running" | "over" = "fresh";
  #released = false;
  #ran = false;
  #verdict: Outcome | undefined;
  /** Lets a guest that waits for a host function go on, into its stop trap; set only while it waits. */
  #interrupt: (() => void) | undefined;
  /** Host functions that have not settled: they may hold on to the guest's memory. */
  #unsettled = 0;
  #timed = false;
  #usage = nothingUsed;
  /** Where the guest is suspended. */
  #waitingAt: Error | undefined;

  /** Leases are made by a pool alone: of a sandbox, or of why there is none. */
  constructor(
    program: Program,
    options: LeaseOptions,
    tenant: Tenant,
    home: LeaseHome,
    made: Made,
  ) {
    this.program = program;
    this.tenant = tenant;
    this.#options = options;
    this.#home = home;
    this.#meter = new Meter(tenant, options);
    if ("failure" in made) {
      this.#verdict = this.#judge(made.failure);
      return;
    }
    const { sandbox } = made;
    this.#sandbox = sandbox;
    const bytesMax = options.memoryBytesMax ?? Infinity;
    this.#share = new MemoryShare(sandbox, tenant, bytesMax, home.reserve);
    if (sandbox.memory !== undefined) this.#memory = new GuestMemory(sandbox.memory);
    sandbox.holder = this;
  }

  /** What the guest has used; final once the run is over. */
  get usage(): Usage {
    return this.#phase === "over" ? this.#usage : this.#measure();
  }

  /**
   * Calls an export, once in a lease's life, and says how it ended. Never rejects for anything that the
   * guest or a host function does.
   *
   * @param exportName a function that the program exports (`Program.functionExports` tells)
   * @param args one value for each parameter, of the parameter's type
   */
  async run(exportName: string, args: readonly (number | bigint)[] = []): Promise<Outcome> {
    if (this.#phase !== "fresh") bug("a lease is run once");
    this.#phase = "running";
    if (this.#switch?.move("guest") === false) this.#killedFromOutside();
    const outcome = this.#verdict ?? await this.#call(exportName, args);
    return this.#end(outcome);
  }

  /** As {@link run}, but comes back each time a host function yields a value, too. */
  start(exportName: string, args: readonly (number | bigint)[] = []): Promise<Step> {
    const stepper = this.#stepper = new Stepper();
    void this.run(exportName, args).then((outcome) => stepper.end(outcome), (e) => stepper.fail(e));
    return stepper.next();
  }

  /**
   * A switch that ends the guest from anywhere, another thread included (`terminate`); undefined where the pool's
   * are all out. It is to be asked for before the run.
   */
  killSwitch(): KillSwitch | undefined {
    if (this.#phase !== "fresh") bug("a kill switch is asked for before the run");
    this.#switch ??= this.#home.switches().open(() => this.#killedFromOutside());
    return this.#switch?.killSwitch;
  }

  /** Ends the run, if it is not over: at once where the guest waits, else at its next tick or host call. Harmless after the end. */
  kill(reason: string): void {
    this.#stop(() => ({ kind: "killed", reason, backtrace: this.#backtrace(this.#waitingAt) }));
  }

  /** Gives the sandbox back. A run that is under way is killed, and the sandbox comes back when that is done. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    if (this.#phase === "running") return this.kill("the lease was given back");
    if (this.#phase === "over") this.#giveBack();
    else this.#end({ kind: "killed", reason: "the lease is over", backtrace: [] });
  }

  hostCall(declared: HostFunction<never>, index: number, args: unknown[]): HostReturn {
    if (this.#verdict !== undefined) return stopGuest();
    if (!this.#meter.chargeHostCall(declared.charge)) {
      return this.#stopFromHostCall(() => this.#exhausted("host calls"));
    }
    if (this.#switch?.move("hostCall") === false) return this.#endFromOutside();
    try {
      const call = declared.call as (guest: Guest<never>, ...args: unknown[]) => HostReturn;
      const answer = call(this.#guest(index), ...args);
      if (answer instanceof Promise) return this.#suspend(answer);
      // A host call may have ended its own lease: what the guest wrote was malformed, say.
      if (this.#verdict !== undefined) return stopGuest();
      return this.#switch?.move("guest") === false ? this.#endFromOutside() : answer;
    } catch (thrown) {
      return this.#stopFromHostCall(() => this.#judgeHostCall(thrown));
    }
  }

  /** The guest has used up its fuel: it goes on at once, or after others had their turn, or ends. */
  tick(fuel: number): number | Promise<number> {
    return this.#guarded(0, () => {
      if (this.#verdict !== undefined) return 0;
      if (this.#switch?.terminated === true) this.#killedFromOutside();
      const nowMs = this.#home.scheduler.nowMs();
      const limit = this.#meter.exceeded(nowMs, fuel);
      if (limit !== undefined) this.#stop(() => this.#exhausted(limit));
      if (this.#verdict !== undefined) return 0;
      if (!this.#meter.sliceOver(nowMs)) return this.#meter.refuel(fuel);
      return this.#waitForTurn(nowMs).then(() =>
        this.#verdict === undefined ? this.#meter.refuel(fuel) : 0
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
      const { onGrowth } = this.#options;
      const answer = onGrowth === undefined ? "allow" : onGrowth(growth);
      if (typeof answer === "string") return this.#answerGrowth(growth, answer);
      const later = answer.then((settled) => this.#answerGrowth(growth, settled));
      return this.#whileSuspended(later).then((allowed) => allowed ?? -1);
    });
  }

  #answerGrowth(growth: Growth, answer: GrowthAnswer): number {
    if (answer === "terminate") {
      this.#stop(() => this.#exhausted(growth.what === "memory" ? "memory" : "table elements"));
    }
    if (this.#verdict !== undefined) return -1;
    return answer === "allow" && this.#share?.take(growth) === true ? 1 : 0;
  }

  /** An answer to an injected call, whose every failure is a verdict: nothing is thrown into the guest, which could catch it. */
  #guarded(ended: number, act: () => number | Promise<number>): number | Promise<number> {
    const fail = (thrown: unknown): number => {
      this.#verdict ??= this.#judgeHostCall(thrown);
      return ended;
    };
    try {
      const answer = act();
      return typeof answer === "number" ? answer : answer.catch(fail);
    } catch (thrown) {
      return fail(thrown);
    }
  }

  async #call(exportName: string, args: readonly (number | bigint)[]): Promise<Outcome> {
    const { scheduler } = this.#home;
    const sandbox = this.#sandbox ?? bug("a lease without a sandbox has a verdict");
    const nowMs = scheduler.nowMs();
    this.#meter.start(nowMs);
    const turn = scheduler.enter(this.#meter, nowMs);
    if (turn !== undefined) await this.#untilTurn(turn);
    if (this.#verdict !== undefined) return this.#verdict;
    this.#begin(turn === undefined ? nowMs : scheduler.nowMs());
    this.#ran = true;
    sandbox.fuel = this.#meter.refuel(0);
    try {
      for (const name of this.program.prologue) await sandbox.call(name, []);
      const result = await sandbox.call(exportName, args);
      return this.#verdict ?? { kind: "returned", values: guestValues(result) };
    } catch (thrown) {
      return this.#verdict ?? this.#judge(thrown);
    }
  }

  /** The run is over: nothing of the lease reaches the sandbox any more. */
  #end(outcome: Outcome): Outcome {
    this.#home.scheduler.leave(this.#meter, this.#home.scheduler.nowMs());
    this.#usage = this.#measure();
    this.#phase = "over";
    this.#interrupt = undefined;
    // Whoever came first says how it ended: the guest itself, or whoever had its switch.
    if (this.#switch?.move("over") === false && this.#verdict === undefined) {
      this.#verdict = { kind: "killed", reason: terminatedReason, backtrace: [] };
    }
    const verdict = this.#verdict ??= outcome;
    this.#controller?.abort(leaseOver);
    this.#memory?.revoke();
    this.#share?.giveBack();
    if (this.#switch !== undefined) this.#home.switches().close(this.#switch);
    if (this.#sandbox !== undefined) this.#sandbox.holder = undefined;
    if (this.#released) this.#giveBack();
    return verdict;
  }

  #giveBack(): void {
    this.#home.takeBack(this, this.#wear());
  }

  #wear(): Wear {
    if (!this.#ran) return "untouched";
    const verdict = this.#verdict;
    const spoiled = this.#unsettled > 0 || verdict === undefined || verdict.kind === "hostFault" ||
      (verdict.kind === "exhausted" && verdict.limit === "stack");
    return spoiled ? "spoiled" : "used";
  }

  /** The sandbox, for the pool to take; the lease has none from then on. */
  takeSandbox(): Sandbox | undefined {
    const sandbox = this.#sandbox;
    this.#sandbox = undefined;
    this.#share = undefined;
    return sandbox;
  }

  #measure(): Usage {
    const fuel = this.#sandbox === undefined || !this.#ran
      ? 0
      : this.#meter.fuelUsed(this.#sandbox.fuel);
    const memoryBytes = this.#share?.bytes ?? 0;
    return { cpuMs: this.#meter.cpuMs, fuel, hostCalls: this.#meter.hostCalls, memoryBytes };
  }

  #begin(nowMs: number): void {
    this.#home.scheduler.begin(this.#meter, nowMs);
    this.#meter.resumed(nowMs);
  }

  /** Sets how the run ends, unless that is known already, and lets a guest that waits find out. */
  #stop(verdict: () => Outcome): void {
    if (this.#phase === "over" || this.#verdict !== undefined) return;
    this.#verdict = verdict();
    this.#controller?.abort(leaseOver);
    this.#interrupt?.();
    this.#home.scheduler.cancel(this.#meter);
  }

  #killedFromOutside(): void {
    this.kill(terminatedReason);
  }

  #endFromOutside(): never {
    this.#killedFromOutside();
    return stopGuest();
  }

  #exhausted(limit: Limit): Outcome {
    const where = this.#waitingAt ?? new Error("exhausted here");
    return { kind: "exhausted", limit, backtrace: this.#backtrace(where) };
  }

  /** What an exception that reached the host means. */
  #judge(thrown: unknown): Outcome {
    const backtrace = this.#backtrace(thrown);
    const classified = classify(thrown);
    switch (classified.kind) {
      case "trap":
        return { kind: "trapped", trap: classified.trap, message: classified.message, backtrace };
      case "stack overflow":
        return { kind: "exhausted", limit: "stack", backtrace };
      case "not the guest's":
        return { kind: "hostFault", error: thrown, backtrace };
    }
  }

  /** A host function threw: the guest's doing only where it had no stack left, or no memory to speak of. */
  #judgeHostCall(thrown: unknown): Outcome {
    const backtrace = this.#backtrace(this.#waitingAt ?? thrown);
    if (classify(thrown).kind === "stack overflow") {
      return { kind: "exhausted", limit: "stack", backtrace };
    }
    if (thrown instanceof GuestMemoryFault) {
      const trap = "out of bounds memory access";
      return { kind: "trapped", trap, message: thrown.message, backtrace };
    }
    return { kind: "hostFault", error: thrown, backtrace };
  }

  #backtrace(error: unknown): Frame[] {
    return engineFrames(error).flatMap((offset) => this.program.locate(offset) ?? []);
  }

  /** Ends the guest from inside a host call, with a verdict unless there is one. */
  #stopFromHostCall(verdict: () => Outcome): never {
    this.#verdict ??= verdict();
    return stopGuest();
  }

  #guest(index: number): GuestHandle {
    return this.#guests[index] ??= new GuestHandle(this.#stateOf(index), {
      memory: () => this.#memory ?? noMemory(),
      signal: () => this.#signal(),
      exit: (code) => this.#stopFromHostCall(() => ({ kind: "exited", code: code >>> 0 })),
      ask: (channel, value) => {
        if (this.#stepper === undefined) {
          throw new Error(`the guest yields on "${channel.name}", and its lease is not stepped`);
        }
        return this.#stepper.ask(channel, value);
      },
    });
  }

  #stateOf(index: number): unknown {
    const wanted = this.program.interfaces[index];
    const binding = this.#options.bindings.find((bound) => bound.interface === wanted);
    return binding === undefined ? bug(`nothing is bound to ${wanted?.module}`) : binding.state;
  }

  #signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#verdict !== undefined || this.#phase === "over") this.#controller.abort(leaseOver);
    }
    return this.#controller.signal;
  }

  async #waitForTurn(nowMs: number): Promise<void> {
    const { scheduler } = this.#home;
    this.#waitingAt = new Error("between two slices");
    scheduler.leave(this.#meter, nowMs);
    await this.#untilTurn(scheduler.wait(this.#meter));
    this.#waitingAt = undefined;
    this.#begin(scheduler.nowMs());
  }

  async #untilTurn(turn: Promise<void>): Promise<void> {
    this.#watchWallTime();
    this.#switch?.move("suspended");
    await turn;
    if (this.#switch?.move("guest") === false) this.#killedFromOutside();
  }

  /** Waits for a host function's answer, or for whatever ends the lease first. */
  async #suspend(answer: Promise<number | bigint | void>): Promise<number | bigint | void> {
    this.#options.onSuspend?.();
    const value = await this.#whileSuspended(answer);
    return this.#verdict === undefined ? value : stopGuest();
  }

  /** The guest waits, others run. Undefined, and there is a verdict, where the wait ends without an answer. */
  async #whileSuspended<Value>(answer: Promise<Value>): Promise<Value | undefined> {
    const { scheduler } = this.#home;
    this.#waitingAt = new Error("suspended here");
    scheduler.leave(this.#meter, scheduler.nowMs());
    this.#watchWallTime();
    if (this.#switch?.move("suspended") === false) this.#killedFromOutside();
    this.#settles(answer);
    const interrupted = new Promise<undefined>((resolve) => {
      this.#interrupt = () => resolve(undefined);
      if (this.#verdict !== undefined) resolve(undefined);
    });
    try {
      const value = await Promise.race([answer, interrupted]);
      this.#interrupt = undefined;
      if (this.#verdict !== undefined) return undefined;
      const turn = scheduler.enter(this.#meter, scheduler.nowMs());
      if (turn !== undefined) await turn;
      return this.#verdict === undefined ? value : undefined;
    } catch (thrown) {
      this.#verdict ??= this.#judgeHostCall(thrown);
      return undefined;
    } finally {
      this.#interrupt = undefined;
      this.#waitingAt = undefined;
      if (this.#switch?.move("guest") === false) this.#killedFromOutside();
      this.#begin(scheduler.nowMs());
    }
  }

  #settles(answer: Promise<unknown>): void {
    this.#unsettled += 1;
    const settled = () => void (this.#unsettled -= 1);
    answer.then(settled, settled);
  }

  /** Measures the wall time of a guest that waits; one that computes is measured by its ticks. */
  #watchWallTime(): void {
    if (this.#options.wallMsMax === undefined || this.#timed) return;
    this.#timed = true;
    const { clock, scheduler } = this.#home;
    const leftMs = Math.max(0, this.#meter.wallMsLeft(scheduler.nowMs()));
    void clock.sleep(leftMs, this.#signal()).then(() =>
      this.#stop(() => ({
        kind: "exhausted",
        limit: "wall time",
        backtrace: this.#backtrace(this.#waitingAt),
      }))
    );
  }
}

const terminatedReason = "its kill switch was used";

/** A sandbox, or what was thrown when it was made. */
export type Made = { readonly sandbox: Sandbox } | { readonly failure: unknown };

function noMemory(): never {
  throw new GuestMemoryFault("the guest exports no memory named `memory`");
}

/** Results of an export as plain values; a reference is told by its type and never handed out. */
function guestValues(result: unknown): GuestValue[] {
  if (result === undefined) return [];
  const values: unknown[] = Array.isArray(result) ? result : [result];
  return values.map((value) =>
    typeof value === "number" || typeof value === "bigint" ? value : `<${typeof value}>`
  );
}
