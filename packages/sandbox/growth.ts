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
    this.#pages = sandbox.program.memoryPages;
  }

  /** The most that it has been, in bytes: guests cannot give memory back. */
  get bytes(): number {
    return this.#pages * memoryPageBytes;
  }

  /** Takes what a growth needs; false where it is not to be had. */
  take({ what, delta }: Growth): boolean {
    const pages = what === "memory"
      ? Number(delta)
      : Math.ceil(Number(delta) * elementBytes / memoryPageBytes);
    const grown = this.#pages + pages;
    if (grown > this.#pagesMax) return false;
    const { memory } = this.#tenant;
    if (memory?.take(pages) === false) return false;
    const beyond = Math.max(0, grown - this.#sandbox.pages);
    if (!this.#reserve(beyond)) {
      memory?.give(pages);
      return false;
    }
    this.#sandbox.pages += beyond;
    this.#pages = grown;
    return true;
  }

  /** The lease is over. */
  giveBack(): void {
    this.#tenant.memory?.give(this.#pages);
  }
}
