/** From a text to a program, for tests. */

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { compile, type CompileOptions, type HostInterface, type Program } from "../mod.ts";

/** A program whose instances are recycled, unless the options say otherwise. */
export async function programOf<State = never>(
  text: string,
  hostInterface?: HostInterface<State>,
  options: CompileOptions = {},
): Promise<Program> {
  const compiled = await compile(new Uint8Array(await parse(text)), {
    interfaces: hostInterface === undefined ? [] : [hostInterface as HostInterface<never>],
    isolation: { dirty: "always" },
    ...options,
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value;
}
