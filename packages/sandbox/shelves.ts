/** Idle sandboxes, by program: clean ones, and those that are still to be reset. */

import { RecentMap } from "@skerry/base";
import { memoryPageBytes } from "./account.ts";
import type { Made, Wear } from "./lease.ts";
import type { Program } from "./program.ts";
import { Sandbox } from "./sandbox.ts";
import { SandboxHooks } from "./sandbox_hooks.ts";

/**
 * How much more memory than at its start a sandbox may hold and still be kept. Where a reset writes all of it,
 * that is what every request would pay for one that grew.
 */
const grownPagesMax = { marked: 16 * 2 ** 20 / memoryPageBytes, whole: 2 ** 20 / memoryPageBytes };

/** Pages and table elements that are restored in less than a millisecond, whatever was written. */
const quick = { pages: 512, elements: 50_000 };

function mayTakeLong({ pages, program }: Sandbox): boolean {
  return pages > quick.pages || program.tableElements > quick.elements;
}

/** How long resets may take in one turn, in milliseconds. */
const resetTurnMs = 1;

/**
 * For how many trims the last sandbox of a program stays that nobody asked for meanwhile. To make another takes a
 * hundred times as long as a lease; and where memory is short, it is let go of earlier.
 */
const lastStaysFor = 90;

/** What sandboxes hold of the process: memory in pages of 64 KiB, and mappings. */
export interface Holdings {
  pages: number;
  mappings: number;
}

/** The sandboxes of one program. */
export class Shelf {
  readonly program: Program;
  /** How many are kept whatever the demand is. */
  kept = 0;
  /** Its program is not served any more: what comes back is thrown away. */
  dropped = false;
  /** Whether it is among those that have sandboxes to be reset; their owner's to change. */
  isToReset = false;
  /** How many were out at once, since the last trim. */
  peak = 0;
  out = 0;
  /** Trims since it was asked for. */
  unasked = 0;
  readonly #clean: Sandbox[] = [];
  readonly #used: Sandbox[] = [];
  readonly #idle: Holdings;

  constructor(program: Program, idle: Holdings) {
    this.program = program;
    this.#idle = idle;
  }

  get size(): number {
    return this.#clean.length + this.#used.length;
  }

  get hasUsed(): boolean {
    return this.#used.length > 0;
  }

  putClean(sandbox: Sandbox): void {
    this.#count(sandbox, 1);
    this.#clean.push(sandbox);
  }

  putUsed(sandbox: Sandbox): void {
    this.#count(sandbox, 1);
    this.#used.push(sandbox);
  }

  /** The one that was clean last, whose memory the processor's caches may still know. */
  takeClean(): Sandbox | undefined {
    return this.#count(this.#clean.pop(), -1);
  }

  takeUsed(): Sandbox | undefined {
    return this.#count(this.#used.pop(), -1);
  }

  /** Any of them. */
  takeAny(): Sandbox | undefined {
    return this.#count(this.#used.pop() ?? this.#clean.shift(), -1);
  }

  #count(sandbox: Sandbox | undefined, sign: 1 | -1): Sandbox | undefined {
    if (sandbox === undefined) return undefined;
    this.#idle.pages += sign * sandbox.pages;
    this.#idle.mappings += sign * this.program.mappings;
    return sandbox;
  }
}

/** All idle sandboxes of a pool. */
export class Shelves {
  readonly #shelves = new RecentMap<Program, Shelf>();
  readonly #hooks = new SandboxHooks();
  readonly #onGone: (sandbox: Sandbox, why: "idle" | "spoiled") => void;
  readonly #nowMs: () => number;
  /** Those that have had used ones since they were last seen without, in the order of that; each once. */
  readonly #toReset: Shelf[] = [];
  /** What all that is idle holds. */
  readonly idle: Holdings = { pages: 0, mappings: 0 };
  #latest: Shelf | undefined;

  /** @param onGone called for each sandbox that is thrown away: one that was idle, or one that came back spoiled */
  constructor(
    onGone: (sandbox: Sandbox, why: "idle" | "spoiled") => void,
    nowMs: () => number,
  ) {
    this.#onGone = onGone;
    this.#nowMs = nowMs;
  }

  /** Sandboxes on all shelves. */
  get size(): number {
    let size = 0;
    for (const shelf of this.#shelves.values()) size += shelf.size;
    return size;
  }

  /** The shelf of a program. */
  of(program: Program): Shelf {
    if (this.#latest?.program === program) return this.#latest;
    let shelf = this.#shelves.peek(program);
    if (shelf === undefined) {
      this.#shelves.set(program, shelf = new Shelf(program, this.idle));
      // It stands after the one that was used last.
      this.#latest = shelf;
    }
    return shelf;
  }

  /** A sandbox of a program is out from now on. */
  leased(program: Program): void {
    const shelf = this.of(program);
    shelf.out += 1;
    shelf.peak = Math.max(shelf.peak, shelf.out);
  }

  /** One fewer is. */
  returned(program: Program): void {
    this.of(program).out -= 1;
  }

  /** A clean sandbox of a program, if there is one, or can be by a reset. */
  take(program: Program): Made | undefined {
    const shelf = this.of(program);
    shelf.dropped = false;
    if (this.#latest !== shelf) this.#shelves.use(program);
    this.#latest = shelf;
    const clean = shelf.takeClean();
    if (clean !== undefined) return { sandbox: clean };
    for (let used = shelf.takeUsed(); used !== undefined; used = shelf.takeUsed()) {
      if (this.#resets(used)) return { sandbox: used };
    }
    return undefined;
  }

  /** A new sandbox. @throws what the engine throws */
  make(program: Program): Sandbox {
    const id = this.#hooks.newId();
    const sandbox = new Sandbox(program, this.#hooks.hooks, id);
    if (program.isArtifact) this.#hooks.add(sandbox);
    return sandbox;
  }

  /** A lease is over. */
  putBack(sandbox: Sandbox, wear: Wear): void {
    const shelf = this.of(sandbox.program);
    const recycled = sandbox.program.notRecycled.length === 0;
    if (shelf.dropped) this.#throwAway(sandbox, "idle");
    else if (wear === "untouched") shelf.putClean(sandbox);
    else if (wear === "used" && recycled) this.#putUsed(shelf, sandbox);
    else this.#throwAway(sandbox, "spoiled");
  }

  #putUsed(shelf: Shelf, sandbox: Sandbox): void {
    if (!shelf.isToReset) this.#toReset.push(shelf);
    shelf.isToReset = true;
    shelf.putUsed(sandbox);
  }

  /**
   * Resets sandboxes for a while; whether there are more. What it takes is the time of the tenant that had each; a
   * quick one that is alone is not worth a look at the clock.
   */
  resetSome(): boolean {
    let startMs: number | undefined;
    let beforeMs: number | undefined;
    for (let [shelf] = this.#toReset; shelf !== undefined; [shelf] = this.#toReset) {
      for (let used = shelf.takeUsed(); used !== undefined; used = shelf.takeUsed()) {
        const { tenant } = used;
        if (shelf.hasUsed || mayTakeLong(used)) beforeMs ??= startMs = this.#nowMs();
        if (this.#resets(used)) shelf.putClean(used);
        if (beforeMs === undefined || startMs === undefined) continue;
        const nowMs = this.#nowMs();
        if (tenant !== undefined) tenant.virtualMs += (nowMs - beforeMs) / tenant.weight;
        beforeMs = nowMs;
        if (nowMs - startMs >= resetTurnMs) return true;
      }
      shelf.isToReset = false;
      this.#toReset.shift();
    }
    return false;
  }

  /** Throws away one idle sandbox, of the program that was used longest ago; false where there is none. */
  evict(): boolean {
    for (const shelf of this.#shelves.values()) {
      const sandbox = shelf.takeAny();
      if (sandbox === undefined) continue;
      this.#throwAway(sandbox, "idle");
      return true;
    }
    return false;
  }

  drop(program: Program): void {
    const shelf = this.#shelves.peek(program);
    if (shelf === undefined) return;
    shelf.kept = 0;
    shelf.dropped = true;
    this.#shrink(shelf, 0);
    if (shelf.out === 0) this.#forget(shelf);
  }

  /** Keeps of each program as many as were in use at once since the last time, and the last one for long. */
  trim(): void {
    for (const shelf of this.#shelves.values()) {
      shelf.unasked = shelf.peak > 0 ? 0 : shelf.unasked + 1;
      const least = shelf.unasked < lastStaysFor ? 1 : 0;
      this.#shrink(shelf, Math.max(shelf.kept, shelf.peak, least) - shelf.out);
      shelf.peak = shelf.out;
      if (shelf.size + shelf.out + shelf.kept === 0) this.#forget(shelf);
    }
  }

  #shrink(shelf: Shelf, size: number): void {
    while (shelf.size > Math.max(0, size)) {
      const sandbox = shelf.takeAny();
      if (sandbox !== undefined) this.#throwAway(sandbox, "idle");
    }
  }

  #forget(shelf: Shelf): void {
    this.#shelves.delete(shelf.program);
    if (this.#latest === shelf) this.#latest = undefined;
  }

  /** Whether a sandbox is as new now and worth keeping; it is thrown away otherwise. */
  #resets(sandbox: Sandbox): boolean {
    const { program } = sandbox;
    const grown = sandbox.pages - program.memoryPages;
    const most = program.restoresWhole ? grownPagesMax.whole : grownPagesMax.marked;
    if (grown <= most && sandbox.reset() !== "unusable") return true;
    this.#throwAway(sandbox, "spoiled");
    return false;
  }

  #throwAway(sandbox: Sandbox, why: "idle" | "spoiled"): void {
    this.#hooks.remove(sandbox);
    this.#onGone(sandbox, why);
  }
}
