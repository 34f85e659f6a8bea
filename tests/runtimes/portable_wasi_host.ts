/** A job for the runtimes that have a disk: CPython as a bare instance, on a directory of the host. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { hostDirectory } from "@skerry/platform";
import type { JobInput } from "./job.ts";
import { type Ended, runWaiting } from "./portable_wasi.ts";

/** What came of the program, and what the host finds in the file that it wrote. */
export async function run({ files }: JobInput): Promise<Ended & { file: string }> {
  const bytes = files["CPython"];
  if (bytes === undefined) throw new Error("the job has no CPython");
  const folder = mkdtempSync(`${tmpdir()}/skerry-wasi-`);
  try {
    const ended = await runWaiting(await WebAssembly.compile(bytes), hostDirectory(folder));
    return { ...ended, file: readFileSync(`${folder}/deep/er/file`, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
