/** Artifacts at work, for tests and benchmarks: an instance with its hooks filled in, without a sandbox. */

import { emptyModule, encodeModule } from "@skerry/wasm";

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
  const table = exports["skerry:hooks"];
  if (table instanceof WebAssembly.Table) {
    const { tick = () => defaultQuantum, grow = () => 1 } = hooks;
    const glue = new WebAssembly.Instance(glueModule, {
      host: {
        tick: () => tick(),
        grow: (_id: number, index: number, size: bigint, delta: bigint) => grow(index, size, delta),
      },
    });
    table.set(0, glue.exports["tick"] as () => void);
    table.set(1, glue.exports["grow"] as () => void);
  }
  const init = exports["skerry:init"];
  if (typeof init === "function") init();
}

const defaultQuantum = 1 << 20;

/** A table takes only functions that are WebAssembly's own: the host's are imported and exported again. */
const glueModule = new WebAssembly.Module(encodeModule({
  ...emptyModule,
  types: [
    [["i32", "i32"] as const, ["i32"] as const] as const,
    [["i32", "i32", "i64", "i64"] as const, ["i32"] as const] as const,
  ].map(([params, results]) => ({
    explicit: false,
    types: [{
      final: true,
      supertypes: [],
      composite: { kind: "function", params, results },
    }],
  })),
  imports: [
    { module: "host", name: "tick", type: { kind: "function", type: 0 } },
    { module: "host", name: "grow", type: { kind: "function", type: 1 } },
  ],
  exports: [
    { name: "tick", kind: "function", index: 0 },
    { name: "grow", kind: "function", index: 1 },
  ],
}));
