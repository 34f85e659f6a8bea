/**
 * An instance with its host functions bound, and the routine that makes it as new: what is recycled.
 *
 * It belongs to one lease at a time. Its host functions ask whoever has it now; between two leases nobody has
 * it, and no code of the guest's runs.
 */

import type { Hooks } from "@skerry/compiler";
import { fillHooks } from "@skerry/compiler";
import { bindDetours, type WaitingFunction } from "./detour.ts";
import { type GuestEntry, guestEntry, leafEntry } from "./guest_entry.ts";
import { type HostCallee, hostEntry } from "./host_entry.ts";
import { MemoryViews } from "./memory_views.ts";
import type { LinkedImport, Program } from "./program.ts";
import type { Tenant } from "./tenant.ts";

/** Who has a sandbox, as its guest's calls reach them. */
export interface Holder extends HostCallee {
  /** The guest is out of fuel: the next quantum, or 0, which ends it. */
  tick(fuel: number): number | Promise<number>;
  /** A memory (its index) or table (-1 - index) wants to grow: 1 allows, 0 denies, less ends the guest. */
  grow(index: number, size: bigint, delta: bigint): number | Promise<number>;
}

/** How an instance comes out of a reset. */
export type ResetResult = "as new" | "larger" | "unusable";

/** An instance and what is bound to it. */
export class Sandbox {
  readonly program: Program;
  readonly id: number;
  /** Set while a lease has it. */
  holder: Holder | undefined;
  /** Whose guest ran in it last. */
  tenant: Tenant | undefined;
  /** Memory that it holds, in pages of 64 KiB; it never shrinks. */
  pages: number;
  /** The most that each of its memories has grown by, in pages, by its index. */
  readonly grown = new Map<number, number>();
  /** The memory that the guest exports as `memory`. */
  readonly memory: MemoryViews | undefined;
  readonly #exports: WebAssembly.Exports;
  readonly #entries = new Map<string, GuestEntry>();
  readonly #fuel: WebAssembly.Global | undefined;
  readonly #reset: (() => number) | undefined;

  /**
   * Makes an instance; nothing of the guest's runs.
   *
   * @param id a number that no other sandbox of these hooks has
   * @throws what the engine throws: a segment that does not fit, no memory
   */
  constructor(program: Program, hooks: Hooks, id: number) {
    this.program = program;
    this.id = id;
    this.pages = program.memoryPages;
    const instance = new WebAssembly.Instance(program.engineModule, this.#imports());
    this.#exports = instance.exports;
    if (program.isArtifact) fillHooks(this.#exports, hooks, id);
    const init = this.#exports["skerry:init"];
    if (typeof init === "function") init();
    const reset = this.#exports["skerry:reset"];
    this.#reset = typeof reset === "function" ? reset as () => number : undefined;
    const fuel = this.#exports["skerry:fuel"];
    this.#fuel = fuel instanceof WebAssembly.Global ? fuel : undefined;
    this.memory = this.#memoryViews();
  }

  /** All that the instance exports, for a snapshot of its state (initialise.ts). */
  get exports(): WebAssembly.Exports {
    return this.#exports;
  }

  /** Calls an export, on a stack of its own where it may wait: what it gives where it has ended already, else a promise of that. */
  call(name: string, args: readonly (number | bigint)[]): unknown {
    return this.#entry(name)(args);
  }

  /** What is left of the guest's fuel; 0 where it has none to pay with. */
  get fuel(): number {
    return Number(this.#fuel?.value ?? 0);
  }

  set fuel(units: number) {
    if (this.#fuel !== undefined) this.#fuel.value = units;
  }

  /** Makes it as new. No frame of the guest's may be alive. */
  reset(): ResetResult {
    switch (this.#reset?.()) {
      case 0:
        return "as new";
      case 1:
        return "larger";
      default:
        return "unusable";
    }
  }

  #entry(name: string): GuestEntry {
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    const callee = this.#exports[name];
    if (typeof callee !== "function") throw new TypeError(`there is no function "${name}"`);
    const { program } = this;
    const made = program.isLeaf(name)
      ? leafEntry(callee as () => unknown)
      : guestEntry(callee as () => unknown, program.functionExports.get(name));
    this.#entries.set(name, made);
    return made;
  }

  #imports(): WebAssembly.Imports {
    const { imports, waiting, detours } = this.program;
    const entry = (
      { declared, index }: LinkedImport,
      wait: (answer: Promise<unknown>) => unknown,
    ) => hostEntry(declared, index, () => this.holder, wait);
    const linked: Record<string, Record<string, WebAssembly.ImportValue>> = {};
    for (const each of imports) {
      (linked[each.module] ??= {})[each.name] = entry(each, (answer) => answer);
    }
    if (detours === undefined) return linked;
    const functions = waiting.map((each): WaitingFunction => (wait) => entry(each, wait));
    bindDetours(detours, waiting.map(({ declared }) => declared), functions)
      .forEach((detour, place) => {
        const { module = "", name = "" } = waiting[place] ?? {};
        (linked[module] ??= {})[name] = detour;
      });
    return linked;
  }

  #memoryViews(): MemoryViews | undefined {
    const { memory, "skerry:side": side } = this.#exports;
    if (!(memory instanceof WebAssembly.Memory)) return undefined;
    const map = this.program.dirtyMap;
    const marked = map !== undefined && side instanceof WebAssembly.Memory;
    return new MemoryViews(memory, marked ? { side, map } : undefined);
  }
}
