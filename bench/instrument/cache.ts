/** What compilers made of a kernel, kept between runs. The key is all that went in, so nothing goes stale. */

import { fileURLToPath } from "node:url";
import { encodeUtf8 } from "@skerry/base";

const folder = fileURLToPath(new URL("../../node_modules/.cache/skerry-bench/", import.meta.url));

/**
 * The path of a file that depends on these inputs alone, made by `make` where it is not there yet.
 *
 * @param name   a file name that people can read; the inputs' digest is put before its extension
 * @param inputs sources, flags, the compiler's version: everything that the content depends on
 * @param make   writes the file at the path that it is given; where it fails, nothing is kept
 */
export async function cached(
  name: string,
  inputs: readonly string[],
  make: (path: string) => Promise<void>,
): Promise<string> {
  const path = `${folder}${await digest(inputs)}-${name}`;
  if (exists(path)) return path;
  Deno.mkdirSync(folder, { recursive: true });
  // Renamed once it is whole: a run that was broken off leaves no half of a file under the path.
  const draft = `${path}.${Deno.pid}`;
  try {
    await make(draft);
    Deno.renameSync(draft, path);
  } finally {
    if (exists(draft)) Deno.removeSync(draft);
  }
  return path;
}

/** JSON keeps the inputs apart: two lists that differ never give one text. */
async function digest(inputs: readonly string[]): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", encodeUtf8(JSON.stringify(inputs)));
  return new Uint8Array(hash).slice(0, 12).toHex();
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
