/** Artifacts to poison. */

import { compileModule, openPolicy, type Passes } from "@skerry/compiler";
import { decodeModule, encodeModule } from "@skerry/wasm";
import { type Poisoned, poisoned } from "./poison.ts";

/** An artifact of a module with poison in it. */
export interface Subject {
  readonly name: string;
  readonly poisoned: Poisoned;
  readonly input: Uint8Array<ArrayBuffer>;
  readonly artifact: Uint8Array<ArrayBuffer>;
}

/** Compiles a module with poison; undefined where it is none that the engine takes. */
export async function subjectOf(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  dirty: Passes["dirty"],
): Promise<Subject | undefined> {
  const decoded = decodeModule(bytes);
  if (!decoded.ok || !WebAssembly.validate(bytes)) return undefined;
  const made = poisoned(decoded.value);
  const input = encodeModule(made.module);
  const compiled = await compileModule(input, { passes: { dirty }, policy: openPolicy });
  if (!compiled.ok) throw new Error(`${name}: ${compiled.error.diagnostics[0]?.message}`);
  return { name: `${name}, ${dirty}`, poisoned: made, input, artifact: compiled.value.artifact };
}
