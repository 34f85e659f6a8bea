/**
 * One use of one sandbox: an instance, the states bound to it, and the verdict on how it ended.
 *
 * What always holds:
 * - Nothing that a guest or a host function does is thrown out of {@link Lease.run}.
 * - Nothing but the stop trap is thrown through guest frames (stop.ts), and once a verdict is set every
 *   further host call ends the guest again.
 * - A lease is run once. Its states are reachable from nowhere else and die with it.
 */

import { bug, type Clock } from "@skerry/base";
import { engineFrames } from "./backtrace.ts";
import { promising, suspendingImport } from "./engine.ts";
import { GuestMemory, GuestMemoryFault } from "./guest_memory.ts";
import { functionOf, type Guest, type HostBinding, type HostFunction } from "./host.ts";
import { LeaseHooks } from "./lease_hooks.ts";
import type { GuestValue, Outcome } from "./outcome.ts";
import type { Program } from "./program.ts";
import { stopGuest } from "./stop.ts";
import { classify } from "./trap.ts";

/** What a lease needs besides its program. */
export interface LeaseOptions {
  /** The state for each of the program's interfaces. */
  readonly bindings: readonly HostBinding[];
  /**
   * Wall time from the start of the run, in milliseconds. It ends a guest that waits, or that calls the
   * host, or, where the program is an artifact, that computes.
   */
  readonly wallMsMax?: number;
  /** Measures `wallMsMax`. */
  readonly clock: Clock;
  /** Called each time the guest begins to wait for the host. */
  readonly onSuspend?: () => void;
  /**
   * Lets others run: a promise of this guest's next turn. An artifact that computes for longer than a slice waits
   * for it; without it a guest keeps the thread until it waits by itself.
   */
  readonly nextTurn?: () => Promise<void>;
}

/** How long an artifact computes before others have their turn, and how often it asks. */
const sliceNs = 1_000_000n;
const quantumUnits = 200_000;

/** Why a lease's signal is aborted: one value for all, because making an exception for each costs a stack trace. */
const leaseOver = new Error("the lease is over");

type HostReturn = ReturnType<HostFunction<never>["call"]>;

/** A leased sandbox. */
export class Lease {
  readonly #program: Program;
  readonly #options: LeaseOptions;
  readonly #controller = new AbortController();
  #instance: WebAssembly.Instance | undefined;
  #memory: GuestMemory | undefined;
  readonly #onReturn: () => void;
  #phase: "fresh" | "running" | "over" = "fresh";
  #released = false;
  #verdict: Outcome | undefined;
  /** Lets a suspended guest go on, into its stop trap; set only while it waits. */
  #interrupt: (() => void) | undefined;
  readonly #hooks: LeaseHooks;
  #hookId: number | undefined;
  /** When the slice began that the guest is in, and when its time is up; monotonic nanoseconds. */
  #sliceStart: bigint | undefined;
  #deadline: bigint | undefined;
  /** Where the guest is suspended. */
  #waitingAt: Error | undefined;

  /** Leases are made by a pool alone. */
  constructor(
    program: Program,
    options: LeaseOptions,
    onReturn: () => void,
    hooks: LeaseHooks = new LeaseHooks(),
  ) {
    this.#hooks = hooks;
    this.#program = program;
    this.#options = options;
    this.#onReturn = onReturn;
    try {
      this.#instance = new WebAssembly.Instance(program.engineModule, this.#imports());
      if (program.isArtifact) this.#connectHooks(this.#instance.exports);
      const memory = this.#instance.exports["memory"];
      if (memory instanceof WebAssembly.Memory) this.#memory = new GuestMemory(memory);
    } catch (thrown) {
      this.#verdict = this.#judge(thrown);
    }
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
    const outcome = this.#verdict ?? await this.#call(exportName, args);
    this.#end(outcome);
    return outcome;
  }

  /** Ends the run, if it is not over: at once where the guest waits, else at its next host call. Harmless after the end. */
  kill(reason: string): void {
    this.#stop({ kind: "killed", reason, backtrace: this.#backtrace(this.#waitingAt) });
  }

  /** Gives the sandbox back. A run that is under way is killed. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.kill("the lease was given back");
    this.#end({ kind: "killed", reason: "the lease is over", backtrace: [] });
    // Whoever still holds the lease (a read that a slow client keeps pending, say) does not hold its memory.
    this.#instance = undefined;
    this.#memory = undefined;
    this.#onReturn();
  }

  async #call(exportName: string, args: readonly (number | bigint)[]): Promise<Outcome> {
    this.#phase = "running";
    this.#watchWallTime();
    try {
      for (const name of this.#program.prologue) await this.#export(name)();
      const result = await this.#export(exportName)(...args);
      return this.#verdict ?? { kind: "returned", values: guestValues(result) };
    } catch (thrown) {
      return this.#verdict ?? this.#judge(thrown);
    }
  }

  #export(name: string): (...args: readonly (number | bigint)[]) => Promise<unknown> {
    const callee = this.#instance?.exports[name];
    if (typeof callee !== "function") return bug(`the program exports no function "${name}"`);
    return promising(callee as () => unknown);
  }

  #end(outcome: Outcome): void {
    this.#phase = "over";
    if (this.#hookId !== undefined) this.#hooks.disconnect(this.#hookId);
    this.#interrupt = undefined;
    this.#verdict ??= outcome;
    this.#controller.abort(leaseOver);
  }

  #watchWallTime(): void {
    const { wallMsMax, clock } = this.#options;
    if (wallMsMax === undefined) return;
    this.#deadline = clock.monotonicNs() + BigInt(Math.ceil(wallMsMax * 1e6));
    void clock.sleep(wallMsMax, this.#controller.signal).then(() => {
      const backtrace = this.#backtrace(this.#waitingAt);
      this.#stop({ kind: "exhausted", limit: "wall time", backtrace });
    });
  }

  #stop(verdict: Outcome): void {
    if (this.#phase === "over" || this.#verdict !== undefined) return;
    this.#verdict = verdict;
    this.#controller.abort(leaseOver);
    this.#interrupt?.();
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

  #backtrace(error: unknown) {
    return engineFrames(error).flatMap((offset) => this.#program.locate(offset) ?? []);
  }

  /** Ends the guest from inside a host call, with a verdict unless there is one. */
  #stopFromHostCall(verdict: () => Outcome): never {
    this.#verdict ??= verdict();
    return stopGuest();
  }

  #imports(): WebAssembly.Imports {
    const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
    for (const { interface: hostInterface, state } of this.#options.bindings) {
      const guest = this.#guest(state);
      const functions: Record<string, WebAssembly.ImportValue> = {};
      for (const name of this.#program.importsOf(hostInterface.module)) {
        const declared = functionOf(hostInterface, name);
        if (declared !== undefined) functions[name] = this.#wrap(declared, guest);
      }
      imports[hostInterface.module] = functions;
    }
    return imports;
  }

  #guest(state: unknown): Guest<never> {
    const { signal } = this.#controller;
    const memory = () => this.#memory ?? noMemory();
    const exit = (code: number): never =>
      this.#stopFromHostCall(() => ({ kind: "exited", code: code >>> 0 }));
    return {
      state: state as never,
      signal,
      exit,
      get memory() {
        return memory();
      },
    };
  }

  #wrap(declared: HostFunction<never>, guest: Guest<never>): WebAssembly.ImportValue {
    const call = declared.call as (guest: Guest<never>, ...args: unknown[]) => HostReturn;
    const guarded = (...args: unknown[]): HostReturn => {
      if (this.#verdict !== undefined) return stopGuest();
      try {
        const answer = call(guest, ...args);
        if (answer instanceof Promise) return this.#suspend(answer);
        // A host call may have ended its own lease: what the guest wrote was malformed, say.
        return this.#verdict === undefined ? answer : stopGuest();
      } catch (thrown) {
        return this.#stopFromHostCall(() => this.#judgeHostCall(thrown));
      }
    };
    return declared.suspends ? suspendingImport(guarded) : guarded;
  }

  #connectHooks(exports: WebAssembly.Exports): void {
    this.#hookId = this.#hooks.connect(exports, {
      tick: () => this.#guardedTick(),
      grow: () => this.#verdict === undefined ? 1 : -1,
    });
  }

  /** A tick whose every failure is a verdict: nothing is thrown into the guest, which could catch it. */
  #guardedTick(): number | Promise<number> {
    const fail = (thrown: unknown): number => {
      this.#verdict ??= this.#judgeHostCall(thrown);
      return 0;
    };
    try {
      const quantum = this.#tick();
      return typeof quantum === "number" ? quantum : quantum.catch(fail);
    } catch (thrown) {
      return fail(thrown);
    }
  }

  /** The guest has used up its fuel: it goes on at once, or after others had their turn, or ends. */
  #tick(): number | Promise<number> {
    if (this.#verdict !== undefined) return 0;
    const { clock, nextTurn } = this.#options;
    const now = clock.monotonicNs();
    this.#sliceStart ??= now;
    if (this.#deadline !== undefined && now >= this.#deadline) {
      this.#timeIsUp();
      return 0;
    }
    if (nextTurn === undefined || now - this.#sliceStart < sliceNs) return quantumUnits;
    return this.#waitForTurn(nextTurn());
  }

  async #waitForTurn(turn: Promise<void>): Promise<number> {
    this.#waitingAt = new Error("between two slices");
    const interrupted = new Promise<void>((resolve) => this.#interrupt = resolve);
    try {
      await Promise.race([turn, interrupted]);
    } finally {
      this.#interrupt = undefined;
      this.#waitingAt = undefined;
      this.#sliceStart = undefined;
    }
    return this.#verdict === undefined ? quantumUnits : 0;
  }

  #timeIsUp(): void {
    const backtrace = this.#backtrace(this.#waitingAt ?? new Error("out of time here"));
    this.#stop({ kind: "exhausted", limit: "wall time", backtrace });
  }

  /** Waits for a host function's answer, or for whatever ends the lease first. */
  async #suspend(answer: Promise<number | bigint | void>): Promise<number | bigint | void> {
    this.#waitingAt = new Error("suspended here");
    const interrupted = new Promise<void>((resolve) => {
      this.#interrupt = resolve;
      if (this.#verdict !== undefined) resolve();
    });
    this.#options.onSuspend?.();
    try {
      const value = await Promise.race([answer, interrupted]);
      if (this.#verdict === undefined) return value;
    } catch (thrown) {
      this.#verdict ??= this.#judgeHostCall(thrown);
    } finally {
      this.#interrupt = undefined;
      this.#waitingAt = undefined;
    }
    return stopGuest();
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
}

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
