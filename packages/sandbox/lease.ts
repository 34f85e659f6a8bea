/**
 * One use of one sandbox: from the pool to a guest that runs (run.ts) to its end, and back to the pool.
 *
 * A lease is run once. Its states are reachable from nowhere else and die with it, and so does its way to the
 * guest's memory: a host function that comes back late finds neither.
 */

import { bug } from "@skerry/base";
import { type Budget, Meter, type Usage } from "./budget.ts";
import type { Deadlines } from "./deadlines.ts";
import { type Growth, type GrowthAnswer, MemoryShare } from "./growth.ts";
import type { HostBinding } from "./host.ts";
import { judgeGuest } from "./judge.ts";
import type { KillSwitch, SwitchBoard } from "./kill_switch.ts";
import type { Outcome } from "./outcome.ts";
import type { Program } from "./program.ts";
import { Run } from "./run.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Scheduler } from "./scheduler.ts";
import { type Step, Stepper } from "./stepper.ts";
import type { Tenant } from "./tenant.ts";

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
  readonly deadlines: Deadlines;
  readonly scheduler: Scheduler;
  readonly switches: () => SwitchBoard;
  /** Takes pages of the process's memory; false where there are none. */
  readonly reserve: (pages: number) => boolean;
  /** The sandbox comes back; once for each lease. */
  readonly takeBack: (lease: Lease, wear: Wear) => void;
}

/** A sandbox, or what was thrown when it was made. */
export type Made = { readonly sandbox: Sandbox } | { readonly failure: unknown };

/** A sandbox that has been handed over, and what runs in it. */
interface Held {
  readonly sandbox: Sandbox;
  readonly run: Run;
  readonly share: MemoryShare;
}

/** A leased sandbox. */
export class Lease {
  readonly program: Program;
  readonly tenant: Tenant;
  readonly #home: LeaseHome;
  readonly #meter: Meter;
  /** Undefined where none could be made, and once it is given back. */
  #held: Held | undefined;
  /** Known from the start where no sandbox could be made. */
  readonly #failure: Outcome | undefined;
  #phase: "fresh" | "running" | "over" = "fresh";
  #released = false;
  #usage: Usage | undefined;
  #wear: Wear = "untouched";

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
    this.#home = home;
    const meter = this.#meter = new Meter(tenant, options);
    if ("failure" in made) {
      this.#failure = judgeGuest(program, made.failure);
      return;
    }
    const { sandbox } = made;
    const { bindings, onSuspend, onGrowth, memoryBytesMax = Infinity } = options;
    const { scheduler, deadlines, reserve } = home;
    const share = new MemoryShare(sandbox, tenant, memoryBytesMax, reserve);
    const parts = { program, bindings, meter, scheduler, deadlines, onSuspend, onGrowth };
    const run = new Run(parts, sandbox, share);
    sandbox.holder = run;
    this.#held = { sandbox, run, share };
  }

  /** What the guest has used so far; final once the run is over. */
  get usage(): Usage {
    return this.#usage ?? this.#measure();
  }

  /**
   * Calls an export, once in a lease's life, and says how it ended. Never rejects for anything that the
   * guest or a host function does.
   *
   * @param exportName a function that the program exports (`Program.functionExports` tells)
   * @param args one value for each parameter, of the parameter's type
   */
  async run(exportName: string, args: readonly (number | bigint)[] = []): Promise<Outcome> {
    return await this.runNow(exportName, args);
  }

  /**
   * As {@link run}, and says how it ended at once where it has ended without having waited, which is cheaper. Throws where it
   * is called twice, or for what the program does not export.
   */
  runNow(exportName: string, args: readonly (number | bigint)[] = []): Outcome | Promise<Outcome> {
    if (this.#phase !== "fresh") bug("a lease is run once, before it is given back");
    if (!this.program.functionExports.has(exportName)) {
      bug(`the program exports no function "${exportName}"`);
    }
    this.#phase = "running";
    const held = this.#held;
    if (held === undefined) {
      return this.#end(this.#failure ?? bug("a lease has a sandbox"));
    }
    const { run } = held;
    if (run.switch?.move("guest") === false) run.killedFromOutside();
    if (run.verdict !== undefined) return this.#end(run.verdict);
    return run.call(exportName, args, this.#ended);
  }

  /** As {@link run}, but comes back each time a host function yields a value, too. */
  start(exportName: string, args: readonly (number | bigint)[] = []): Promise<Step> {
    const stepper = new Stepper();
    if (this.#held !== undefined && this.#phase === "fresh") this.#held.run.stepper = stepper;
    void this.run(exportName, args).then(
      (outcome) => stepper.end(outcome),
      (error) => stepper.fail(error),
    );
    return stepper.next();
  }

  /**
   * A switch that ends the guest from anywhere, another thread included (`terminate`). It is to be asked for
   * before the run. Undefined where there is nothing to end, or the pool's switches are all out.
   */
  killSwitch(): KillSwitch | undefined {
    if (this.#phase !== "fresh") bug("a kill switch is asked for before the run");
    const run = this.#held?.run;
    if (run === undefined) return undefined;
    run.switch ??= this.#home.switches().open(() => run.killedFromOutside());
    return run.switch?.killSwitch;
  }

  /** Ends the run, if it is not over: at once where the guest waits, else at its next tick or host call. Harmless after the end. */
  kill(reason: string): void {
    this.#held?.run.kill(reason);
  }

  /** Gives the sandbox back. A run that is under way is killed, and the sandbox comes back when that is done. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    if (this.#phase === "running") return this.kill("the lease was given back");
    if (this.#phase === "over") this.#giveBack();
    else this.#end({ kind: "killed", reason: "the lease is over", backtrace: [] });
  }

  /** The sandbox, for the pool to take; the lease has none from then on. */
  takeSandbox(): Sandbox | undefined {
    const sandbox = this.#held?.sandbox;
    this.#held = undefined;
    return sandbox;
  }

  readonly #ended = (outcome: Outcome): Outcome => this.#end(outcome);

  /** The run is over: nothing of the lease reaches the sandbox any more. */
  #end(outcome: Outcome): Outcome {
    const ended = this.#held?.run.end(outcome) ?? outcome;
    this.#usage = this.#measure();
    if (this.#held !== undefined) {
      const { run, sandbox, share } = this.#held;
      this.#wear = wearOf(run, ended);
      if (run.switch !== undefined) this.#home.switches().close(run.switch);
      sandbox.holder = undefined;
      share.giveBack();
    }
    // Only now: whoever hears of the end on the way here and gives the lease back must not do so by halves.
    this.#phase = "over";
    if (this.#released) this.#giveBack();
    return ended;
  }

  #giveBack(): void {
    this.#home.takeBack(this, this.#wear);
  }

  #measure(): Usage {
    const { cpuMs, hostCalls } = this.#meter;
    const fuel = this.#held?.run.began === true ? this.#meter.fuelUsed(this.#held.sandbox.fuel) : 0;
    return { cpuMs, fuel, hostCalls, memoryBytes: this.#held?.share.bytes ?? 0 };
  }
}

/**
 * A sandbox is used again only where nothing of its last use can touch it: a host function that has not come
 * back may hold a view of its memory; after a fault of ours, or an overflow of the stack, anything may be.
 */
function wearOf(run: Run, outcome: Outcome): Wear {
  if (!run.began) return "untouched";
  const doubtful = run.unsettled || outcome.kind === "hostFault" ||
    (outcome.kind === "exhausted" && outcome.limit === "stack");
  return doubtful ? "spoiled" : "used";
}
