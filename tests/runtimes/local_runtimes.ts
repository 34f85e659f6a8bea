/** Jobs on the runtimes that are programs: the job goes in by stdin, its answer is the last line of stdout. */

import type { Job } from "./job.ts";
import { root } from "./tools.ts";

const launcher = "tests/runtimes/launch_locally.ts";

/** Does a job in a new process of this Deno. */
export function runOnDeno(job: Job): Promise<unknown> {
  return runIn(Deno.execPath(), ["run", "--quiet", "--no-check", "-A", launcher], job);
}

/** Does a job in a new process of Node, which takes away the types by itself. */
export function runOnNode(node: string, job: Job): Promise<unknown> {
  return runIn(node, ["--import", "./tests/runtimes/node_resolver.ts", launcher], job);
}

async function runIn(command: string, args: readonly string[], job: Job): Promise<unknown> {
  const process = new Deno.Command(command, {
    args: [...args],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  // A runtime that cannot start reads nothing; what it says is below.
  await writer.write(new TextEncoder().encode(JSON.stringify(job))).then(() => writer.close())
    .catch(() => {});
  const { success, stdout, stderr } = await process.output();
  const text = new TextDecoder();
  const lastLine = text.decode(stdout).trimEnd().split("\n").at(-1) ?? "";
  if (!success || lastLine === "") throw new Error(`${command} failed: ${text.decode(stderr)}`);
  return JSON.parse(lastLine);
}
