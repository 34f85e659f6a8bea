/** A process and all that it has started, as the system counts them (proc(5)). */

import { cpuUsOf } from "../http/server.ts";

/** A process, those that it has started, and those that they have. */
export async function processesOf(pid: number): Promise<number[]> {
  const found = [pid];
  // It grows as it is gone through.
  for (const each of found) {
    for await (const { name: thread } of Deno.readDir(`/proc/${each}/task`)) {
      const children = await Deno.readTextFile(`/proc/${each}/task/${thread}/children`);
      found.push(...children.split(" ").filter((text) => text !== "").map(Number));
    }
  }
  return found;
}

/** Processor time that all of them have used, in microseconds. */
export async function cpuUsOfAll(pid: number): Promise<number> {
  const each = await Promise.all((await processesOf(pid)).map(cpuUsOf));
  return each.reduce((sum, us) => sum + us, 0);
}

/** Memory that all of them hold (`VmRSS`), in bytes. What they share counts for each. */
export async function residentBytesOfAll(pid: number): Promise<number> {
  const each = await Promise.all((await processesOf(pid)).map(async (process) => {
    const status = await Deno.readTextFile(`/proc/${process}/status`);
    return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }));
  return each.reduce((sum, bytes) => sum + bytes, 0);
}
