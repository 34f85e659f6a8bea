/** A program of this folder in a process of its own, which prints one JSON line. */

import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Runs it to its end. @throws where it ends in any other way than by itself, with what it said */
export async function runChild(file: string, args: readonly string[]): Promise<unknown> {
  const { code, signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "-A", "--no-check", "--v8-flags=--expose-gc"],
      ...[`--config=${root}/deno.json`, `${root}/bench/sandbox/${file}`, ...args],
    ],
  }).output();
  const decoder = new TextDecoder();
  if (code === 0) return JSON.parse(decoder.decode(stdout));
  throw new Error(`${file} ended with ${signal ?? code}:\n${decoder.decode(stderr)}`);
}
