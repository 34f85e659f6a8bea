/**
 * The host's side of an artifact: the functions that it calls, and what an instance needs once before anything
 * else (docs/artifact.md, "What is injected").
 */

import { emptyModule, encodeModule } from "@skerry/wasm";

/** What the host offers an instance. Either may be made to suspend the guest, by `WebAssembly.Suspending`. */
export interface HookImports {
  /** `(id: i32, fuel: i32) → i32`: the next quantum of fuel; 0 or less ends the guest. */
  readonly tick: WebAssembly.ImportValue;
  /** `(id: i32, index: i32, size: i64, delta: i64) → i32`: 1 allows, 0 denies, less ends the guest. */
  readonly grow: WebAssembly.ImportValue;
}

/** The host's functions as a table takes them: WebAssembly's own. */
export interface Hooks {
  readonly tick: () => void;
  readonly grow: () => void;
}

/** Makes hooks, which any number of instances may share: each says by its `id` which it is. */
export function makeHooks({ tick, grow }: HookImports): Hooks {
  const { exports } = new WebAssembly.Instance(hooksModule(), { host: { tick, grow } });
  return { tick: exports["tick"] as () => void, grow: exports["grow"] as () => void };
}

/** Fills in the hooks of an instance of an artifact, where it has any, and what it says of itself there. */
export function fillHooks(exports: WebAssembly.Exports, { tick, grow }: Hooks, id: number): void {
  const table = exports["skerry:hooks"];
  if (!(table instanceof WebAssembly.Table)) return;
  table.set(0, tick);
  table.set(1, grow);
  const global = exports["skerry:id"];
  if (global instanceof WebAssembly.Global) global.value = id;
}

const compiledOnce: { module?: WebAssembly.Module } = {};

/** The host's functions are imported and exported again. */
function hooksModule(): WebAssembly.Module {
  return compiledOnce.module ??= new WebAssembly.Module(encodeModule({
    ...emptyModule,
    types: ([
      [["i32", "i32"], ["i32"]],
      [["i32", "i32", "i64", "i64"], ["i32"]],
    ] as const).map(([params, results]) => ({
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
}
