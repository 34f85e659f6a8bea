/** Artifacts at work, for tests and benchmarks: an instance with its hooks filled in, without a sandbox. */

import { fillHooks, makeHooks } from "../hooks.ts";

/** What the guest asks its host. */
export interface Hooks {
  /** Out of fuel: answers the next quantum; 0 or less ends the guest. */
  readonly tick?: () => number;
  /** A memory (its index) or table (-1 - index) wants to grow: 1 allows, 0 denies, less ends the guest. */
  readonly grow?: (index: number, size: bigint, delta: bigint) => number;
}

/** An instance of an artifact. */
export interface ArtifactInstance {
  /** Everything that it exports, ours too. */
  readonly exports: WebAssembly.Exports;
  /** Runs the module's start function, if it has one. */
  start(): void;
  /** Makes it as new: 0 done, 1 done but the memory is larger than it says, 2 and 3 throw it away. */
  readonly reset: (() => number) | undefined;
}

/** Instantiates an artifact and fills in its hooks. Its start function is not run. */
export function instantiateArtifact(
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
  hooks: Hooks = {},
): ArtifactInstance {
  const instance = new WebAssembly.Instance(module, imports);
  wire(instance, hooks);
  const { exports } = instance;
  const start = exports["skerry:start"];
  const reset = exports["skerry:reset"];
  return {
    exports,
    start: () => {
      if (typeof start === "function") start();
    },
    reset: typeof reset === "function" ? reset as () => number : undefined,
  };
}

/** Fills in the hooks of an instance, and runs what it needs once before anything else. */
export function wire(instance: WebAssembly.Instance, hooks: Hooks = {}): void {
  const { exports } = instance;
  const { tick = () => defaultQuantum, grow = () => 1 } = hooks;
  const made = makeHooks({
    tick: () => tick(),
    grow: (_id: number, index: number, size: bigint, delta: bigint) => grow(index, size, delta),
  });
  fillHooks(exports, made, 0);
  const init = exports["skerry:init"];
  if (typeof init === "function") init();
}

const defaultQuantum = 1 << 20;
