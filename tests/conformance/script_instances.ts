/** The instances of one run of a script: by identifier, by registered name, and what they share. */

import type { WasmModule } from "@skerry/wasm";
import type { RunningModule } from "./engine.ts";
import type { ScriptModule } from "./script.ts";

/** An instance that a command made. */
export interface ScriptInstance {
  /** Index of the command. */
  readonly command: number;
  readonly script: ScriptModule;
  readonly running: RunningModule;
  /** The instances that it imports from. */
  readonly importsFrom: ReadonlySet<ScriptInstance>;
  /** Whether it may be used again after a reset, as far as itself and its imports go. */
  readonly keeps: boolean;
}

/** What the commands so far have made. */
export class ScriptInstances {
  readonly made: ScriptInstance[] = [];
  readonly #named = new Map<string, ScriptInstance>();
  readonly #registered = new Map<string, ScriptInstance>();
  readonly #spectest: WebAssembly.Exports;
  /** Instances whose memory, table or global another module was given: a reset cannot see what it wrote. */
  readonly #shared = new Set<ScriptInstance>();
  #latest: ScriptInstance | undefined;

  constructor(spectest: WebAssembly.Exports) {
    this.#spectest = spectest;
  }

  /** The instance of an identifier, or the latest one. */
  find(name: string | undefined): ScriptInstance | undefined {
    return name === undefined ? this.#latest : this.#named.get(name);
  }

  /** Says what a module command made; undefined where it failed, so that nothing acts on the one before. */
  define(name: string | undefined, instance: ScriptInstance | undefined): void {
    if (instance !== undefined) this.made.push(instance);
    this.#latest = instance;
    if (name === undefined) return;
    if (instance === undefined) this.#named.delete(name);
    else this.#named.set(name, instance);
  }

  /** Lets later modules import from an instance. */
  register(name: string, instance: ScriptInstance): void {
    this.#registered.set(name, instance);
  }

  /** All that modules may import from. */
  imports(): WebAssembly.Imports {
    const imports: WebAssembly.Imports = { spectest: this.#spectest };
    for (const [name, instance] of this.#registered) {
      Object.defineProperty(imports, name, { value: instance.running.exports, configurable: true });
    }
    return imports;
  }

  /** What a module that is instantiated now imports from; remembers what it gets a share of. */
  link(module: WasmModule | undefined): Pick<ScriptInstance, "importsFrom" | "keeps"> {
    const importsFrom = new Set<ScriptInstance>();
    let keeps = true;
    for (const { module: name, type } of module?.imports ?? []) {
      const from = this.#registered.get(name);
      if (from !== undefined) importsFrom.add(from);
      const immutable = type.kind === "function" || type.kind === "tag" ||
        (type.kind === "global" && !type.type.mutable);
      if (immutable) continue;
      keeps = false;
      if (from !== undefined) this.#shared.add(from);
    }
    // A start function that calls another instance has changed it: a reset would not do so again.
    if (importsFrom.size > 0 && module?.start !== undefined) keeps = false;
    return { importsFrom, keeps };
  }

  /** Whether another module holds some of the instance's state. */
  isShared(instance: ScriptInstance): boolean {
    return this.#shared.has(instance);
  }
}
