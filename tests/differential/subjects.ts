/** Instances of a module: as it is, and as the compiler makes it. */

import type { WasmModule } from "@skerry/wasm";
import { instantiateArtifact } from "../../packages/compiler/testing/instance.ts";
import type { Subject } from "./calls.ts";
import { describeError } from "./descriptions.ts";
import { startExport } from "./exposed.ts";
import { Host } from "./host.ts";

/** An instance, or the text of why there is none. */
export type Made<Instance> = Instance | string;

/** An instance of an artifact. */
export interface CompiledSubject extends Subject {
  readonly reset: (() => number) | undefined;
}

/** Instantiates the module as V8 takes it. */
export function plainSubject(module: WasmModule, compiled: WebAssembly.Module): Made<Subject> {
  const host = new Host(module);
  return attempt(() => {
    const { exports } = new WebAssembly.Instance(compiled, host.imports);
    host.attach(exports);
    const start = exports[startExport];
    return { exports, host, start: typeof start === "function" ? () => start() : () => {} };
  });
}

/**
 * Instantiates an artifact.
 *
 * @param tick answers the quantum; 0 ends the guest
 */
export function compiledSubject(
  module: WasmModule,
  artifact: WebAssembly.Module,
  tick: () => number,
): Made<CompiledSubject> {
  const host = new Host(module);
  return attempt(() => {
    const { exports, start, reset } = instantiateArtifact(artifact, host.imports, { tick });
    host.attach(exports);
    return { exports, host, start, reset };
  });
}

function attempt<Instance>(make: () => Instance): Made<Instance> {
  try {
    return make();
  } catch (error) {
    return describeError(error);
  }
}
