/**
 * What a real program is here: a module that somebody else's compiler made, a small piece of real work for
 * it, and the answer. Who instantiates the module is a parameter, so that a plain and a compiled one can be
 * given the same work.
 */

import { fileURLToPath } from "node:url";

/** What a program needs of an instance. */
export interface Instantiated {
  readonly exports: WebAssembly.Exports;
}

/** Makes an instance of a module in binary form. */
export type Instantiate = (
  bytes: Uint8Array<ArrayBuffer>,
  imports: WebAssembly.Imports,
) => Promise<Instantiated>;

/** One program with its work. */
export interface RealProgram {
  /** What it is and what made it, such as `CPython 3.12`. */
  readonly name: string;
  /** What {@link RealProgram.run} must answer. */
  readonly output: string;
  /** Does the work in new instances. It gives the same answer each time, whatever the clock says. */
  run(instantiate: Instantiate): Promise<string>;
}

/** As the engine does it, by the constructors: they stay the engine's own while engine_hook.ts is at work. */
export const instantiatePlainly: Instantiate = (bytes, imports) =>
  Promise.resolve(new WebAssembly.Instance(new WebAssembly.Module(bytes), imports));

/** The address of a file of an installed package. */
export function packageFile(path: string): URL {
  return new URL(`../../node_modules/${path}`, import.meta.url);
}

/** A file of an installed package. */
export async function readPackageFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(fileURLToPath(packageFile(path)));
}

/** An exported function, or an error that names what is missing. */
export function exportedFunction(
  { exports }: Instantiated,
  name: string,
): (...args: readonly (number | bigint)[]) => unknown {
  const found = exports[name];
  if (typeof found !== "function") throw new Error(`the module exports no function "${name}"`);
  return found as (...args: readonly (number | bigint)[]) => unknown;
}

/** The memory that a module exports. */
export function exportedMemory({ exports }: Instantiated, name = "memory"): WebAssembly.Memory {
  const found = exports[name];
  if (!(found instanceof WebAssembly.Memory)) throw new Error(`"${name}" is no exported memory`);
  return found;
}
