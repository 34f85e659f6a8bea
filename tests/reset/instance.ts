/** What is done with an instance of an artifact that has poison in it. */

import { exposedName } from "../differential/exposed.ts";
import type { CompiledSubject } from "../differential/subjects.ts";
import type { Observed } from "./state.ts";

type Callable = (...args: unknown[]) => unknown;

/** As its state is looked at. */
export function observed({ exports, host }: CompiledSubject): Observed {
  return { exports, values: host.values };
}

/** Calls an export. */
export function call({ exports }: CompiledSubject, name: string, ...args: unknown[]): unknown {
  const target = exports[name];
  if (typeof target !== "function") throw new Error(`there is no ${name}`);
  return (target as Callable)(...args);
}

/** The bytes of a memory, beyond its size too where a reset has hidden some. */
export function bufferOf({ exports }: CompiledSubject, memory: number): ArrayBufferLike {
  const found = exports[exposedName("memory", memory)];
  if (!(found instanceof WebAssembly.Memory)) throw new Error("a memory is not exported");
  return found.buffer;
}

/** The size of a memory in pages, as the guest has it. */
export function sizeOf(subject: CompiledSubject, memory: number): number {
  return Number(call(subject, `probe:size:${memory}`));
}
