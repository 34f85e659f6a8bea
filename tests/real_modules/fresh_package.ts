/**
 * A package's module, evaluated anew: some packages instantiate their Wasm once and keep it, and what is to
 * be compared here takes an instance for each way of making one.
 */

import { createRequire } from "node:module";
import { packageFile } from "./real_program.ts";

const require = createRequire(import.meta.url);

/**
 * An ES module of a package, evaluated once more. It must import nothing by relative paths; what it finds by
 * its own address it still finds.
 *
 * @param path of the module's file, such as `binaryen/index.js`
 */
export async function freshModule<Exports>(path: string): Promise<Exports> {
  const address = packageFile(path);
  const source = await Deno.readTextFile(address);
  const moved = source.replaceAll("import.meta.url", JSON.stringify(address.href));
  const copy = URL.createObjectURL(new Blob([moved], { type: "text/javascript" }));
  try {
    return await import(copy);
  } finally {
    URL.revokeObjectURL(copy);
  }
}

/** A CommonJS package, evaluated once more. */
export function freshRequire<Exports>(name: string): Exports {
  delete require.cache[require.resolve(name)];
  return require(name);
}
