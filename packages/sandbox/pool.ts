/**
 * Sandboxes of any programs on one thread: warmed, leased, reset, kept, thrown away, all under one bound.
 *
 * A sandbox that comes back is reset when there is time for it, before anyone else has it; one that cannot be
 * made as new is thrown away. How many are kept follows demand; where memory is short, those of the program
 * that was used longest ago go first.
 */

import { type Clock, limits } from "@skerry/base";
import { Account, memoryPageBytes } from "./account.ts";
import { checkBudget } from "./budget.ts";
import { Deadlines } from "./deadlines.ts";
import { SwitchBoard } from "./kill_switch.ts";
import { Lease, type LeaseHome, type LeaseOptions, type Made, type Wear } from "./lease.ts";
import { Line } from "./line.ts";
import type { Program } from "./program.ts";
import type { Sandbox } from "./sandbox.ts";
import { Scheduler } from "./scheduler.ts";
import { Shelves } from "./shelves.ts";
import { Tenant } from "./tenant.ts";
import { millisecondsOf, webClock, webTurn } from "./web_defaults.ts";

/** Bounds of a pool, and what it needs of its surroundings; each has a default. */
export interface PoolOptions {
  /** Leases that may be out at once. */
  readonly sandboxesMax?: number;
  /** Callers that may wait for one. */
  readonly queueMax?: number;
  /** The process's memory for sandboxes, idle ones included, in pages of 64 KiB (`Account.ofMemory`). */
  readonly memory?: Account;
  /**
   * The process's mappings that sandboxes may take. Linux ends a process that asks for one too many
   * (`vm.max_map_count`, 65,530 by default).
   */
  readonly mappings?: Account;
  readonly clock?: Clock;
  /** Calls back in another turn of the event loop, after what is waiting to be heard. */
  readonly turn?: (callback: () => void) => void;
  /** Calls back once nothing holds an object any more; by a `FinalizationRegistry` unless told. */
  readonly whenCollected?: (target: object, then: () => void) => void;
}

/**
 * Why no lease was given: all sandboxes are out and the queue is full; the caller gave up waiting; the process or the
 * tenant has no memory for another, or the program begins with more than the lease may use; or the process has no
 * mappings for another.
 */
export type Refusal = "full" | "abandoned" | "no memory" | "no mappings";

/** Mappings of a stack that a guest suspends on. */
const mappingsPerStack = 3;

/** Switches of one pool: their words are made all at once. */
const switchesMax = 100_000;

/** What the default leaves of 65,530 mappings to everything else in the process. */
const defaultMappingsMax = 60_000;

/** Sandboxes of any programs, under one bound. */
export class Pool {
  /** On whose behalf a lease is where none is told. */
  readonly tenant = new Tenant({ name: "default" });
  readonly scheduler: Scheduler;
  readonly #sandboxesMax: number;
  readonly #queueMax: number;
  readonly #mappings: Account;
  readonly #memory: Account;
  readonly #turn: (callback: () => void) => void;
  readonly #whenCollected: (target: object, then: () => void) => void;
  readonly #shelves: Shelves;
  readonly #line = new Line();
  readonly #home: LeaseHome;
  #switches: SwitchBoard | undefined;
  #out = 0;
  #resetPlanned = false;

  constructor(options: PoolOptions = {}) {
    const { clock = webClock, turn = webTurn } = options;
    this.#sandboxesMax = options.sandboxesMax ?? limits.sandboxesMax;
    this.#queueMax = options.queueMax ?? limits.sandboxQueueMax;
    this.#memory = options.memory ?? new Account(2 ** 30);
    this.#mappings = options.mappings ?? new Account(defaultMappingsMax);
    this.#turn = turn;
    this.#whenCollected = options.whenCollected ?? collectedByEngine();
    const nowMs = millisecondsOf(clock);
    this.scheduler = new Scheduler({ nowMs, turn });
    this.#shelves = new Shelves((sandbox, why) => this.#gone(sandbox, why), nowMs);
    this.#home = {
      deadlines: new Deadlines(clock, nowMs),
      scheduler: this.scheduler,
      switches: () => this.#switches ??= new SwitchBoard(Math.min(this.#sandboxesMax, switchesMax)),
      reserve: (pages) => this.#takeMemory(pages),
      takeBack: (lease, wear) => this.#takeBack(lease, wear),
    };
  }

  /** Leases that are out now. */
  get inUse(): number {
    return this.#out;
  }

  /** Sandboxes that are kept for the next leases. */
  get idle(): number {
    return this.#shelves.size;
  }

  /**
   * Leases a sandbox, waiting in line where all are out: tenants take turns by their weights.
   *
   * @param program what to run
   * @param options bindings and bounds of this lease
   * @param signal aborted when the caller no longer wants it
   * @returns the lease, to be given back by `release`, or why there is none
   * @throws RangeError where a bound is no number
   */
  async lease(
    program: Program,
    options: LeaseOptions,
    signal?: AbortSignal,
  ): Promise<Lease | Refusal> {
    if (signal?.aborted) return "abandoned";
    checkBudget(options);
    const tenant = options.tenant ?? this.tenant;
    if (this.#hasPlace(tenant)) {
      this.#occupy(tenant);
    } else {
      if (this.#line.length >= this.#queueMax) return "full";
      // The place is handed over occupied, so that nobody comes between.
      const place = await this.#line.wait(tenant, signal);
      if (place === "abandoned") return "abandoned";
    }
    return this.#leasePlace(program, options, tenant);
  }

  /** As {@link lease}, at once or not at all. */
  leaseNow(program: Program, options: LeaseOptions): Lease | Refusal {
    checkBudget(options);
    const tenant = options.tenant ?? this.tenant;
    if (!this.#hasPlace(tenant)) return "full";
    this.#occupy(tenant);
    return this.#leasePlace(program, options, tenant);
  }

  /**
   * Makes sandboxes before they are asked for, and keeps at least so many from then on, or as many as are asked for.
   *
   * @returns how many there are now; fewer where memory or mappings do not allow for more, none of a program
   * whose instances are used once
   */
  warm(program: Program, count: number, keep: "always" | "while asked for" = "always"): number {
    if (program.notRecycled.length > 0) return 0;
    const shelf = this.#shelves.of(program);
    shelf.kept = keep === "always" ? count : 0;
    while (shelf.size < count) {
      const made = this.#make(program);
      if (typeof made === "string" || "failure" in made) break;
      shelf.putClean(made.sandbox);
    }
    return shelf.size;
  }

  /** Throws away what is kept of a program, which is not served any more. */
  drop(program: Program): void {
    this.#shelves.drop(program);
  }

  /** Throws away what recent demand had no use for. To be called now and then, every few seconds. */
  trim(): void {
    this.#shelves.trim();
  }

  #hasPlace(tenant: Tenant): boolean {
    return this.#out < this.#sandboxesMax && tenant.out < tenant.sandboxesMax;
  }

  #occupy(tenant: Tenant): void {
    this.#out += 1;
    tenant.out += 1;
  }

  /** Gives a place up, to whoever waits for one. */
  #vacate(tenant: Tenant): void {
    this.#out -= 1;
    tenant.out -= 1;
    const next = this.#line.next((waiting) => this.#hasPlace(waiting));
    if (next === undefined) return;
    this.#occupy(next.tenant);
    next.grant();
  }

  /** A lease on a place that is occupied already. */
  #leasePlace(program: Program, options: LeaseOptions, tenant: Tenant): Lease | Refusal {
    const made = this.#sandboxFor(program, tenant, options);
    if (typeof made === "string") {
      this.#vacate(tenant);
      return made;
    }
    this.#shelves.leased(program);
    return new Lease(program, options, tenant, this.#home, made);
  }

  /** A sandbox, charged to its tenant and to the process with the stack that it runs on. */
  #sandboxFor(
    program: Program,
    tenant: Tenant,
    { memoryBytesMax = Infinity }: LeaseOptions,
  ): Made | "no memory" | "no mappings" {
    if (program.guestPages * memoryPageBytes > memoryBytesMax) return "no memory";
    if (!this.#takeMappings(mappingsPerStack)) return "no mappings";
    if (tenant.memory?.take(program.memoryPages) === false) {
      this.#mappings.give(mappingsPerStack);
      return "no memory";
    }
    const made = this.#shelves.take(program) ?? this.#make(program);
    if (typeof made === "string") this.#mappings.give(mappingsPerStack);
    if (typeof made === "string" || "failure" in made) tenant.memory?.give(program.memoryPages);
    return made;
  }

  #make(program: Program): Made | "no memory" | "no mappings" {
    const mappings = program.mappings;
    if (!this.#takeMappings(mappings)) return "no mappings";
    if (!this.#takeMemory(program.memoryPages)) {
      this.#mappings.give(mappings);
      return "no memory";
    }
    try {
      return { sandbox: this.#shelves.make(program) };
    } catch (failure) {
      this.#mappings.give(mappings);
      this.#memory.give(program.memoryPages);
      return { failure };
    }
  }

  #takeMemory(pages: number): boolean {
    return this.#taking(this.#memory, pages, this.#shelves.idle.pages);
  }

  #takeMappings(count: number): boolean {
    return this.#taking(this.#mappings, count, this.#shelves.idle.mappings);
  }

  /** Takes from an account, for which idle sandboxes make room; none of them where all would not be enough. */
  #taking(account: Account, amount: number, idle: number): boolean {
    if (account.take(amount)) return true;
    if (account.used - idle + amount > account.max) return false;
    while (!account.take(amount)) {
      if (!this.#shelves.evict()) return false;
    }
    return true;
  }

  /**
   * A sandbox has been thrown away. What it holds the engine gives back when it collects it. Those that guests have
   * spoiled may be many, and count until then; those that were idle are few, and make room at once.
   */
  #gone(sandbox: Sandbox, why: "idle" | "spoiled"): void {
    const { pages, program: { mappings } } = sandbox;
    const give = () => {
      this.#memory.give(pages);
      this.#mappings.give(mappings);
    };
    if (why === "idle") give();
    else this.#whenCollected(sandbox, give);
  }

  #takeBack(lease: Lease, wear: Wear): void {
    this.#mappings.give(mappingsPerStack);
    this.#shelves.returned(lease.program);
    const sandbox = lease.takeSandbox();
    if (sandbox !== undefined) {
      sandbox.tenant = lease.tenant;
      this.#shelves.putBack(sandbox, wear);
      if (wear === "used") this.#planReset();
    }
    this.#vacate(lease.tenant);
  }

  /** Resets what came back when what is under way is done. */
  #planReset(): void {
    if (this.#resetPlanned) return;
    this.#resetPlanned = true;
    this.#turn(() => {
      this.#resetPlanned = false;
      // One that is large takes long; the others' turn comes first.
      if (this.#shelves.resetSome()) this.#planReset();
    });
  }
}

function collectedByEngine(): (target: object, then: () => void) => void {
  const registry = new FinalizationRegistry<() => void>((then) => then());
  return (target, then) => registry.register(target, then);
}
