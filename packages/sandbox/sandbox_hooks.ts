/**
 * What artifacts ask their host, for all sandboxes of a pool: one pair of functions that finds the sandbox by
 * the number which its instance was given. Making a pair for each would cost as much as the instance.
 */

import { type Hooks, makeHooks } from "@skerry/compiler";
import { suspendingImport } from "./engine.ts";
import type { Sandbox } from "./sandbox.ts";

/** Numbers are given again after so many. */
const idsMax = 2 ** 31;

/** The hooks of a pool's sandboxes. */
export class SandboxHooks {
  readonly #sandboxes = new Map<number, Sandbox>();
  #nextId = 1;
  #hooks: Hooks | undefined;

  /** The functions themselves. */
  get hooks(): Hooks {
    // A sandbox that nobody has runs no guest: one that asks all the same ends.
    return this.#hooks ??= makeHooks({
      tick: suspendingImport((id: number, fuel: number) =>
        this.#sandboxes.get(id)?.holder?.tick(fuel) ?? 0
      ),
      grow: suspendingImport((id: number, index: number, size: bigint, delta: bigint) =>
        this.#sandboxes.get(id)?.holder?.grow(index, size, delta) ?? -1
      ),
    });
  }

  /** A number for a sandbox that is about to be made. */
  newId(): number {
    do this.#nextId = (this.#nextId + 1) % idsMax; while (this.#sandboxes.has(this.#nextId));
    return this.#nextId;
  }

  /** A sandbox is there. */
  add(sandbox: Sandbox): void {
    this.#sandboxes.set(sandbox.id, sandbox);
  }

  /** A sandbox is thrown away. */
  remove(sandbox: Sandbox): void {
    this.#sandboxes.delete(sandbox.id);
  }
}
