/** A server under measurement: a process of its own on a core of its own. */

import { pinned } from "./pinned.ts";

/** A server that runs. */
export interface Server {
  readonly url: string;
  readonly pid: number;
  /** Processor time that it has used, all threads together, in microseconds. */
  cpuUs(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts a server and waits for the first address that it names. What it logs to stdout is written to nowhere,
 * but it is written.
 *
 * @param path what is asked of it
 */
export async function start(command: string, args: readonly string[], path = "/"): Promise<Server> {
  const child = pinned("server", command, args).spawn();
  const { origin, rest } = await firstAddress(child, command);
  return serverOf(child, new URL(path, origin).href, rest);
}

/** Starts a server that names no address, and waits until it answers at this one. */
export async function startAt(
  url: string,
  command: string,
  args: readonly string[],
): Promise<Server> {
  const child = pinned("server", command, args).spawn();
  let hasEnded = false;
  void child.status.then(() => hasEnded = true);
  for (;;) {
    const answered = await fetch(url).then((response) => response.text()).catch(() => undefined);
    if (answered !== undefined) return serverOf(child, url, child.stderr.cancel());
    if (hasEnded) {
      throw new Error(`${command} did not start: ${await new Response(child.stderr).text()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function serverOf(child: Deno.ChildProcess, url: string, rest: Promise<unknown>): Server {
  return {
    url,
    pid: child.pid,
    cpuUs: () => cpuUsOf(child.pid),
    async stop() {
      child.kill("SIGTERM");
      await child.status;
      await rest;
    },
  };
}

/** Reads stderr until there is an address, and the rest of it to its end. */
async function firstAddress(
  { stderr }: Deno.ChildProcess,
  command: string,
): Promise<{ origin: string; rest: Promise<unknown> }> {
  const reader = stderr.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = "";;) {
    const { done, value } = await reader.read();
    text += value ?? "";
    const [origin] = /http:\/\/127\.0\.0\.1:\d+(?=\s)/.exec(text) ?? [];
    if (origin !== undefined) return { origin, rest: reader.cancel() };
    if (done) throw new Error(`${command} did not start: ${text}`);
  }
}

/** Processor time of a process: `utime` and `stime` of proc_pid_stat(5), in ticks of a hundredth of a second. */
export async function cpuUsOf(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // The name before them may hold spaces, but no closing parenthesis follows it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
