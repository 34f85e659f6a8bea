/** Starts a real node as an operator would, and administers it by its API. */

import assert from "node:assert/strict";
import { sha256 } from "@skerry/base";
import type { TenantSettings, VersionSettings } from "@skerry/control";
import {
  otherCertificate,
  shopCertificate,
} from "../../packages/platform/tls/testing/certificates.ts";
import { root } from "../end_to_end/skerry.ts";
import type { Module } from "./guests.ts";
import { removeTenants, type TestsOfOneNode, testsOfOneNode } from "./one_node.ts";

/** How a node is started. */
export interface NodeOptions {
  readonly cells?: number;
  readonly threads?: number;
  /** Where it keeps everything; a folder of its own unless told, which is removed afterwards. */
  readonly state?: string;
  /** Whether it speaks TLS too, with the certificate of `shop.test`. */
  readonly tls?: boolean;
  readonly more?: readonly string[];
  /** A command before the node's own, such as one that bounds what it may do. */
  readonly wrapper?: readonly string[];
}

/** What the admin API answered. */
export interface ApiAnswer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any -- tests look at what they expect
  readonly json: any;
}

/** A version's settings, all of them optional. */
export interface Settings extends Partial<VersionSettings> {
  readonly host?: string;
}

/** One line of the node's log. */
export type LogLine = Readonly<Record<string, unknown>>;

const firstWaitMs = 60_000;

/** A node that runs, and can be started again. */
export class RunningNode {
  readonly folder: string;
  readonly options: NodeOptions;
  /** What it has logged since it was started the last time. */
  log: LogLine[] = [];
  stderr = "";
  url = "";
  tlsUrl = "";
  adminUrl = "";
  token = "";
  #process: Deno.ChildProcess | undefined;
  #ended: Promise<number> | undefined;

  constructor(folder: string, options: NodeOptions) {
    this.folder = folder;
    this.options = options;
  }

  get state(): string {
    return this.options.state ?? `${this.folder}/state`;
  }

  get certificates(): string {
    return `${this.folder}/certificates`;
  }

  /** The supervisor's process; the command that started it hands signals on. */
  get pid(): number {
    return this.#process?.pid ?? assert.fail("the node does not run");
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get tlsPort(): number {
    return Number(new URL(this.tlsUrl).port);
  }

  async start(): Promise<void> {
    const { cells = 2, threads = 2, tls = false, more = [], wrapper = [] } = this.options;
    [this.log, this.stderr] = [[], ""];
    if (tls) {
      await Deno.mkdir(this.certificates, { recursive: true });
      await this.putCertificate("default", shopCertificate);
    }
    const [command = "node", ...args] = [
      ...[...wrapper, "node", `${root}/bin/skerry.mjs`, "node", "--state", this.state],
      // Where it was before, if it is started again.
      ...["--listen", `127.0.0.1:${this.url === "" ? 0 : this.port}`, "--admin", "127.0.0.1:0"],
      ...["--cells", String(cells), "--threads", String(threads)],
      ...(tls ? ["--listen-tls", "127.0.0.1:0", "--certificates", this.certificates] : []),
      ...more,
    ];
    const process = this.#process = new Deno.Command(command, {
      args,
      env: { NO_COLOR: "1" },
      ...{ stdin: "null", stdout: "piped", stderr: "piped" },
    }).spawn();
    const reading = Promise.all([
      eachLine(process.stdout, (line) => this.log.push(JSON.parse(line))),
      eachLine(process.stderr, (line) => this.stderr += `${line}\n`),
    ]);
    let isOver = false;
    this.#ended = process.status.then(async ({ code }) => {
      isOver = true;
      await reading;
      return code;
    });
    const said = (pattern: RegExp) =>
      until(() => {
        if (isOver) throw new Error(`the node ended: ${this.stderr}`);
        return pattern.exec(this.stderr)?.[1];
      }, () => `${pattern} in\n${this.stderr}`);
    await said(/(All that is deployed is served)/);
    this.url = await said(/serves on (\S+)/);
    this.adminUrl = await said(/administered on (\S+)/);
    if (tls) this.tlsUrl = await said(/and on (https\S+)/);
    this.token = (await Deno.readTextFile(`${this.state}/admin.token`)).trim();
  }

  /** Puts a certificate where the node finds it. */
  async putCertificate(
    name: string,
    { certPem, keyPem }: typeof otherCertificate,
  ): Promise<void> {
    await Deno.writeTextFile(`${this.certificates}/${name}.crt`, certPem);
    await Deno.writeTextFile(`${this.certificates}/${name}.key`, keyPem);
  }

  /** Sends the supervisor a signal. */
  signal(name: Deno.Signal): void {
    this.#process?.kill(name);
  }

  /** Ends it as an operator does, and gives the command's code. */
  async stop(): Promise<number> {
    try {
      this.signal("SIGTERM");
    } catch {
      // It has ended.
    }
    return await this.ended;
  }

  /** Resolves to the command's code once it has ended. */
  get ended(): Promise<number> {
    return this.#ended ?? Promise.resolve(0);
  }

  /** Kills the supervisor, whatever its cells do then. */
  async kill(): Promise<void> {
    for (const pid of await childrenOf(this.pid)) Deno.kill(pid, "SIGKILL");
    await this.stop();
  }

  /** Its cells by the admin API. */
  async cells(): Promise<
    { readonly cell: number; readonly pid: number; readonly state: string }[]
  > {
    return (await this.ok("GET", "/v1/node")).cells;
  }

  async api(
    method: string,
    path: string,
    body?: unknown,
    more: { readonly token?: string; readonly headers?: Record<string, string> } = {},
  ): Promise<ApiAnswer> {
    const isBytes = body instanceof Uint8Array;
    const response = await fetch(`${this.adminUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${more.token ?? this.token}`,
        // A connection that is kept is one whose next request a node waits for when it stops.
        connection: "close",
        ...(body !== undefined && {
          "content-type": isBytes ? "application/wasm" : "application/json",
        }),
        ...more.headers,
      },
      ...(body !== undefined && { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
  }

  /** Asks for what must succeed. */
  async ok(method: string, path: string, body?: unknown): Promise<ApiAnswer["json"]> {
    const { status, json } = await this.api(method, path, body);
    assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(json)}`);
    return json;
  }

  async tenant(name: string, settings: TenantSettings = {}): Promise<void> {
    await this.ok("PUT", `/v1/tenants/${name}`, settings);
  }

  /** Deploys a version of `tenant/service`, and gives what the API answers. */
  async tryDeploy(
    name: string,
    module: Module,
    { host, ...settings }: Settings = {},
    activate = true,
  ): Promise<ApiAnswer> {
    const [tenant, service] = name.split("/");
    const digest = `sha256:${(await sha256(module)).toHex()}`;
    const upload = await this.api("PUT", `/v1/tenants/${tenant}/modules/${digest}`, module);
    if (upload.status >= 300) return upload;
    return await this.api("POST", `/v1/tenants/${tenant}/services/${service}/versions`, {
      module: digest,
      settings: {
        ...{ env: {}, backends: {}, routes: [{ host: host ?? `${service}.test`, prefix: "" }] },
        ...settings,
      },
      activate,
    });
  }

  /** Deploys what must be served by all cells. Gives its number. */
  async deploy(
    name: string,
    module: Module,
    settings?: Settings,
    activate = true,
  ): Promise<number> {
    const { status, json } = await this.tryDeploy(name, module, settings, activate);
    assert.equal(status, 201, JSON.stringify(json));
    const { cells = 2 } = this.options;
    if (activate) assert.deepEqual(json.cells, { acknowledged: cells, of: cells });
    return json.version.number;
  }

  /** What a service answers, over one connection of its own. */
  async ask(host: string, path = "/", init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("host", host);
    using client = Deno.createHttpClient({ allowHost: true });
    const response = await fetch(`${this.url}${path}`, {
      redirect: "manual",
      ...init,
      headers,
      client,
    });
    return new Response(await response.arrayBuffer(), response);
  }

  /** The text of what a service answers. */
  async text(host: string, path = "/", init: RequestInit = {}): Promise<string> {
    return await (await this.ask(host, path, init)).text();
  }

  /** Waits until it has logged a line that fits. */
  logged(fits: (line: LogLine) => boolean): Promise<LogLine> {
    return until(() => this.log.find(fits), () => `a log line among ${this.log.length}`);
  }
}

/** Starts a node for a test, and stops it afterwards. */
export async function withRunningNode(
  options: NodeOptions,
  use: (node: RunningNode) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-node-" });
  const node = new RunningNode(folder, options);
  try {
    await node.start();
    await use(node);
  } finally {
    await node.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** As {@link withRunningNode}, for tests that can have a node together. */
export function testsOfRunningNode(
  name: string,
  options: NodeOptions,
): TestsOfOneNode<RunningNode> {
  return testsOfOneNode<RunningNode>(name, {
    run: (use) => withRunningNode(options, use),
    async clear(node) {
      await removeTenants(node.adminUrl, node.token);
      node.log = [];
    },
  });
}

/** Polls for a value; machines are slow, so the bound is generous. */
export async function until<Value>(
  look: () => Value | undefined | Promise<Value | undefined>,
  what: () => string,
): Promise<Value> {
  for (const end = performance.now() + firstWaitMs; performance.now() < end;) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(20);
  }
  throw new Error(`waited in vain for ${what()}`);
}

/** Waits. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Processes that a process has started. */
export async function childrenOf(pid: number): Promise<number[]> {
  const found: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await Deno.readTextFile(`/proc/${name}/stat`).catch(() => "");
    const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    if (Number(parent) === pid) found.push(Number(name));
  }
  return found;
}

/** Whether a process runs; one that has ended and was not waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat[stat.lastIndexOf(")") + 2] !== "Z";
  } catch {
    return false;
  }
}

async function eachLine(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  let pending = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (pending + text).split("\n");
    pending = lines.pop() ?? "";
    lines.forEach(take);
  }
}
