/** Where the applications' modules and scripts are. */

import { fileURLToPath } from "node:url";

/** A module of a package. */
export function readModule(path: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(
    fileURLToPath(new URL(`../../../node_modules/${path}`, import.meta.url)),
  );
}

/** A script beside this file. */
export function readScript(name: string): string {
  return Deno.readTextFileSync(fileURLToPath(new URL(name, import.meta.url)));
}
