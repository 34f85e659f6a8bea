/** The launcher on Deno and on Node; local_runtimes.ts starts it in the project's folder. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import type { Job, JobModule } from "./job.ts";

const job: Job = JSON.parse(readFileSync(0, "utf8"));
const files = Object.entries(job.files ?? {}).map(([name, path]) =>
  [name, new Uint8Array(readFileSync(path))] as const
);
const module: JobModule = await import(pathToFileURL(resolve(job.entry)).href);
const answer = await module.run({
  files: Object.fromEntries(files),
  parameters: job.parameters,
});
process.stdout.write(`\n${JSON.stringify(answer)}\n`);
