/** Load by `wrk`: as many requests as a server answers, over some connections that stay open. */

import { pinned } from "./pinned.ts";
import type { Server } from "./server.ts";

/** Connections, each with one request under way. */
export const connections = 50;

/** What a server did under load. */
export interface Measured {
  readonly rps: number;
  readonly cpuUsPerRequest: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Loads a server. Throws where a response is not what it must be.
 *
 * @param script a Lua script of `wrk`'s that says what is asked for, and its arguments
 */
export async function measure(
  server: Pick<Server, "url" | "cpuUs">,
  seconds: number,
  [script, ...scriptArgs]: readonly string[] = [],
): Promise<Measured> {
  const before = await server.cpuUs();
  const args = [
    ...["-t1", `-c${connections}`, `-d${seconds}s`, "--latency"],
    ...(script === undefined ? [] : ["-s", script]),
    ...[server.url, "--", ...scriptArgs],
  ];
  const { stdout } = await pinned("load", "wrk", args, { stdout: "piped" }).output();
  const text = new TextDecoder().decode(stdout);
  if (/Non-2xx|Socket errors/.test(text)) throw new Error(`${server.url} failed:\n${text}`);
  const found = (pattern: RegExp) => {
    const [, value] = pattern.exec(text) ?? [];
    if (value === undefined) throw new Error(`wrk said:\n${text}`);
    return value;
  };
  const requests = Number(found(/(\d+) requests in/));
  return {
    rps: Number(found(/Requests\/sec:\s*([\d.]+)/)),
    cpuUsPerRequest: (await server.cpuUs() - before) / requests,
    p50Ms: milliseconds(found(/50%\s+(\S+)/)),
    p99Ms: milliseconds(found(/99%\s+(\S+)/)),
  };
}

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

/** `1.50ms` as `wrk` writes it. */
function milliseconds(text: string): number {
  const [, figure, unit = ""] = /^([\d.]+)([a-z]+)$/.exec(text) ?? [];
  return Number(figure) * (unitMs[unit] ?? Number.NaN);
}
