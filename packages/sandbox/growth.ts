/**
 * The memory of one lease: asked for before it grows, counted for its tenant and its process, given back at its
 * end. What an instance really holds never shrinks, so the process counts that and the tenant what its guests see.
 */

import { memoryPageBytes } from "./account.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Tenant } from "./tenant.ts";

/** What wants to grow, as a policy is asked. */
export interface Growth {
  readonly what: "memory" | "table";
  /** Its index in the module. */
  readonly index: number;
  /** What it has now, and how much more is asked for: pages of 64 KiB, or elements. */
  readonly size: bigint;
  readonly delta: bigint;
}

/** A policy's answer: the guest gets it; gets −1; or ends. */
export type GrowthAnswer = "allow" | "deny" | "terminate";

/** What an element of a table takes, about. */
const elementBytes = 16;

/** The memory of a lease, in pages of 64 KiB. */
export class MemoryShare {
  readonly #sandbox: Sandbox;
  readonly #tenant: Tenant;
  readonly #pagesMax: number;
  readonly #reserve: (pages: number) => boolean;
  #pages: number;
  /** What each memory has grown by in this lease, by its index; most never grow. */
  #grown: Map<number, number> | undefined;
  /** What all tables have grown by, in elements. */
  #elements = 0;

  /**
   * For a sandbox whose first pages the tenant has been charged with already.
   *
   * @param bytesMax of this lease
   * @param reserve takes more pages of the process, where it has them
   */
  constructor(
    sandbox: Sandbox,
    tenant: Tenant,
    bytesMax: number,
    reserve: (pages: number) => boolean,
  ) {
    this.#sandbox = sandbox;
    this.#tenant = tenant;
    this.#pagesMax = bytesMax / memoryPageBytes;
    this.#reserve = reserve;
    this.#pages = sandbox.program.guestPages;
  }

  /** The most that it has been, in bytes: guests cannot give memory back. */
  get bytes(): number {
    return this.#pages * memoryPageBytes;
  }

  /** Takes what a growth needs; false where it is not to be had. */
  take(growth: Growth): boolean {
    // What the engine will refuse takes nothing of anybody's.
    const { what, index, size, delta } = growth;
    const most = this.#sandbox.program.growthMax[what][index];
    if (most !== undefined && Number(size + delta) > most) return false;
    const pages = this.#pagesOf(growth);
    if (this.#pages + pages > this.#pagesMax) return false;
    const { memory } = this.#tenant;
    if (memory?.take(pages) === false) return false;
    const beyond = this.#beyond(growth, pages);
    if (!this.#reserve(beyond)) {
      memory?.give(pages);
      return false;
    }
    this.#sandbox.pages += beyond;
    this.#pages += pages;
    this.#note(growth);
    return true;
  }

  /** The lease is over. */
  giveBack(): void {
    const { memoryPages, guestPages } = this.#sandbox.program;
    this.#tenant.memory?.give(this.#pages + memoryPages - guestPages);
  }

  #pagesOf({ what, delta }: Growth): number {
    if (what === "memory") return Number(delta);
    const pagesOf = (elements: number) => Math.ceil(elements * elementBytes / memoryPageBytes);
    return pagesOf(this.#elements + Number(delta)) - pagesOf(this.#elements);
  }

  /** How many of the pages the instance does not hold yet: each of its memories keeps what it has grown by before. */
  #beyond({ what, index }: Growth, pages: number): number {
    if (what === "table") return pages;
    const held = this.#sandbox.grown.get(index) ?? 0;
    return Math.max(0, (this.#grown?.get(index) ?? 0) + pages - held);
  }

  #note({ what, index, delta }: Growth): void {
    if (what === "table") {
      this.#elements += Number(delta);
      return;
    }
    this.#grown ??= new Map();
    const grown = (this.#grown.get(index) ?? 0) + Number(delta);
    this.#grown.set(index, grown);
    this.#sandbox.grown.set(index, Math.max(grown, this.#sandbox.grown.get(index) ?? 0));
  }
}
