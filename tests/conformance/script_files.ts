/** Where the test scripts are, which are no part of the project. */

import { fileURLToPath } from "node:url";

/** SKERRY_SPEC_TESTS, or `shared/conformance/spec` beside the checkout. */
export function defaultScriptFolder(): string {
  return Deno.env.get("SKERRY_SPEC_TESTS") ??
    fileURLToPath(new URL("../../../shared/conformance/spec", import.meta.url));
}

/** The `.wast` files under a folder, by their paths in it, in order; none where there is no folder. */
export function scriptsIn(folder: string): string[] {
  return [...walk(folder, "")].sort();
}

function* walk(folder: string, prefix: string): Generator<string> {
  for (const { name, isDirectory } of entriesOf(folder)) {
    if (isDirectory) yield* walk(`${folder}/${name}`, `${prefix}${name}/`);
    else if (name.endsWith(".wast")) yield prefix + name;
  }
}

function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
