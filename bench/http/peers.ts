/** Servers that say hello: `skerry serve`, and those that have no sandbox, or another kind. */

import { fileURLToPath } from "node:url";
import type { RequestsLogged } from "@skerry/edge";
import { servingFlags } from "../../scripts/toolchain.mjs";
import { type Server, start, startAt } from "./server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const here = `${root}/bench/http`;

/** Deno's arguments for `skerry …`, as `bin/skerry.mjs` has them where it serves. */
export function skerryArgs(...args: readonly string[]): string[] {
  return [
    ...["run", "--quiet", "-A", `--config=${root}/deno.json`],
    `--v8-flags=${servingFlags.join()}`,
    ...[`${root}/apps/cli/main.ts`, ...args],
  ];
}

/**
 * @param path what is asked of it
 * @param log the requests that have a line in its log; none of those here fails
 */
export function skerryServe(
  target: string,
  path: string,
  log: RequestsLogged = "all",
): Promise<Server> {
  const args = ["serve", target, "--listen", "127.0.0.1:0", "--log", log];
  return start(Deno.execPath(), skerryArgs(...args), path);
}

export function denoServe(): Promise<Server> {
  return start(Deno.execPath(), ["run", "--quiet", "-A", `${here}/deno_serve.ts`]);
}

/** The binary itself: npm's script for it would be another process before it. */
export async function workerd(): Promise<Server> {
  const platform = `${Deno.build.os}-${Deno.build.arch === "x86_64" ? "64" : "arm64"}`;
  const binary = `${root}/node_modules/@cloudflare/workerd-${platform}/bin/workerd`;
  // It tells nobody which free port it was given.
  const address = `127.0.0.1:${freePort()}`;
  const args = ["serve", `${here}/workerd.capnp`, `--socket-addr=http=${address}`];
  return await startAt(`http://${address}/`, binary, args);
}

/** One that nobody listens at now, for servers that tell nobody which one they were given. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
