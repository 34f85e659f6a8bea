/** A real node: `skerry node` in processes of its own, told what to do by its admin API. */

import { fileURLToPath } from "node:url";
import type { TenantSettings, VersionSettings } from "@skerry/control";
import { servingFlags } from "../../scripts/toolchain.mjs";
import { pinned } from "../http/pinned.ts";
import { cpuUsOfAll, residentBytesOfAll } from "./processes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** How a node is started: on the core of servers with one thread that serves, or on all cores as it is by default. */
export type Place = "one core" | "all cores";

/** How often a node is asked whether it is ready, in milliseconds. */
const askEveryMs = 10;

/** A node that runs. */
export class RunningNode {
  /** Where it serves. */
  readonly url: string;
  /** How long it took from its start until all was served, in milliseconds. */
  readonly startMs: number;
  readonly #admin: string;
  readonly #token: string;
  readonly #child: Deno.ChildProcess;
  readonly #said: Promise<string>;

  private constructor(
    parts: Pick<RunningNode, "url" | "startMs"> & {
      readonly admin: string;
      readonly token: string;
      readonly child: Deno.ChildProcess;
      readonly said: Promise<string>;
    },
  ) {
    this.url = parts.url;
    this.startMs = parts.startMs;
    this.#admin = parts.admin;
    this.#token = parts.token;
    this.#child = parts.child;
    this.#said = parts.said;
  }

  /** Starts a node and waits until it serves all that it is to serve. What it logs is written to nowhere, but it is written. */
  static async start(stateFolder: string, place: Place): Promise<RunningNode> {
    const startedMs = performance.now();
    const child = commandOf(stateFolder, place).spawn();
    const { url, admin, said } = await addresses(child.stderr);
    while (!await isReady(admin)) await new Promise((resolve) => setTimeout(resolve, askEveryMs));
    const startMs = performance.now() - startedMs;
    const token = (await Deno.readTextFile(`${stateFolder}/admin.token`)).trim();
    return new RunningNode({ url, startMs, admin, token, child, said });
  }

  /** Processor time that all of its processes have used, in microseconds. */
  cpuUs(): Promise<number> {
    return cpuUsOfAll(this.#child.pid);
  }

  residentBytes(): Promise<number> {
    return residentBytesOfAll(this.#child.pid);
  }

  async putTenant(tenant: string, settings: TenantSettings = {}): Promise<void> {
    await this.#call("PUT", `/v1/tenants/${tenant}`, JSON.stringify(settings));
  }

  /** Uploads a module and has it serve a host. */
  async deploy(
    { tenant, service, host }: DeployedService,
    module: Uint8Array<ArrayBuffer>,
    more: Partial<VersionSettings> = {},
  ): Promise<void> {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", module));
    const digest = `sha256:${hash.toHex()}`;
    await this.#call("PUT", `/v1/tenants/${tenant}/modules/${digest}`, module);
    const settings = { env: {}, routes: [{ host, prefix: "" }], backends: {}, ...more };
    const body = JSON.stringify({ module: digest, settings });
    await this.#call("POST", `/v1/tenants/${tenant}/services/${service}/versions`, body);
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await this.#said;
  }

  async #call(method: string, path: string, body: string | Uint8Array<ArrayBuffer>): Promise<void> {
    const type = typeof body === "string" ? "application/json" : "application/wasm";
    const headers = { authorization: `Bearer ${this.#token}`, "content-type": type };
    const response = await fetch(`${this.#admin}${path}`, { method, headers, body });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
  }
}

/** Where a service is to be found. */
export interface DeployedService {
  readonly tenant: string;
  readonly service: string;
  readonly host: string;
}

function commandOf(stateFolder: string, place: Place): Deno.Command {
  const args = [
    ...["run", "--quiet", "-A", `--config=${root}deno.json`, `${root}apps/cli/main.ts`],
    ...["node", "--state", stateFolder, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"],
  ];
  // As `bin/skerry.mjs` has it, and for the cells too.
  const env = { DENO_V8_FLAGS: servingFlags.join() };
  if (place === "one core") {
    return pinned("server", Deno.execPath(), [...args, "--cells", "1", "--threads", "1"], { env });
  }
  return new Deno.Command(Deno.execPath(), {
    ...{ args, stdin: "null", stdout: "null", stderr: "piped", env },
  });
}

/** What a node says of itself on stderr; the rest is read until it ends. */
async function addresses(
  stderr: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<{ url: string; admin: string; said: Promise<string> }> {
  const reader = stderr.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = "";;) {
    const { done, value } = await reader.read();
    text += value ?? "";
    const [, url] = /serves on (\S+)\n/.exec(text) ?? [];
    const [, admin] = /is administered on (\S+)\n/.exec(text) ?? [];
    if (url !== undefined && admin !== undefined) return { url, admin, said: restOf(reader, text) };
    if (done) throw new Error(`the node did not start: ${text}`);
  }
}

async function restOf(reader: ReadableStreamDefaultReader<string>, begun: string): Promise<string> {
  for (let text = begun;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += value;
  }
}

async function isReady(admin: string): Promise<boolean> {
  const response = await fetch(`${admin}/readyz`);
  await response.body?.cancel();
  return response.ok;
}
