/** A job for every runtime: compiles modules, and says what came of them. */

import { sha256 } from "@skerry/base";
import { compileModule } from "@skerry/compiler";
import type { JobInput } from "./job.ts";

/** SHA-256 of each file's artifact, in hexadecimal digits, by the file's name. */
export async function run({ files }: JobInput): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(files)) {
    const compiled = await compileModule(bytes);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
    const digest = await sha256(compiled.value.artifact);
    digests[name] = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  return digests;
}
