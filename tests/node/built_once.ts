/** Programs that are built once in a run of all tests, though its files share no memory. */

import { sha256 } from "@skerry/base";
import { build } from "@skerry/languages";
import type { Module } from "./guests.ts";

/** Where a run keeps what it has built; none where files are run by themselves. */
const folder = Deno.env.get("SKERRY_TEST_BUILDS");

/** Builds a C program of one file, which must have neither mistakes nor warnings, or takes what was built of it. */
export async function builtOnce(source: Uint8Array): Promise<Module> {
  if (folder === undefined) return await built(source);
  const path = `${folder}/${(await sha256(source)).toHex()}.wasm`;
  const known = await Deno.readFile(path).catch(() => undefined);
  if (known !== undefined) return known;
  const module = await built(source);
  // Others may build it at the same time, and nobody may read half of it.
  const unfinished = `${path}.${crypto.randomUUID()}`;
  await Deno.writeFile(unfinished, module);
  await Deno.rename(unfinished, path);
  return module;
}

async function built(source: Uint8Array): Promise<Module> {
  const result = await build("c", new Map([["main.c", source]]));
  if (!result.ok) throw new Error(result.error.raw);
  if (result.value.diagnostics.length > 0) {
    throw new Error(JSON.stringify(result.value.diagnostics));
  }
  return new Uint8Array(result.value.wasm);
}
