/**
 * A real `skerry node` in a process of its own, on ports that were free, with a state folder that is gone afterwards.
 * What is asked of it goes over real sockets.
 */

import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { root, skerry as run } from "../end_to_end/skerry.ts";
import { removeTenants, type TestsOfOneNode, testsOfOneNode } from "./one_node.ts";

/** How a node is started. */
export interface NodeStart {
  readonly cells?: number;
  readonly threads?: number;
  /** More words of the command line. */
  readonly options?: readonly string[];
  /** Where its state is, in place of `state` in its folder. */
  readonly state?: string;
}

/** How a verb ended. */
export interface VerbResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a verb is run with. */
export interface VerbCall {
  readonly stdin?: string | Uint8Array;
  readonly cwd?: string;
  /** The operator's unless told. */
  readonly token?: string;
}

/** A node that runs. */
export interface TestNode {
  /** Where it serves, and where it is administered: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly admin: string;
  /** An operator's. */
  readonly token: string;
  /** A folder that is gone afterwards; the node's state is in `state` below it. */
  readonly folder: string;
  /** Runs a verb against this node, whatever comes of it. */
  verb(words: readonly string[], call?: VerbCall): Promise<VerbResult>;
  /** Runs one that must succeed, and gives what it prints; as JSON where it is asked with `--json`. */
  done(words: readonly string[], call?: VerbCall): Promise<string>;
  /** Asks a host of it. */
  get(host: string, path?: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Ends it, with a signal, and gives what the shell would see. */
  stop(signal?: Deno.Signal): Promise<{ readonly code: number; readonly stderr: string }>;
}

/** What a host has answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** How long a node may take to be ready, in milliseconds: machines that run tests are busy. */
const readyMsMax = 60_000;

/** Runs a node while a test has to do with it. */
export async function withNode(
  use: (node: TestNode) => Promise<void>,
  { cells = 1, threads = 1, options = [], state }: NodeStart = {},
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-node-" });
  const stateFolder = state ?? `${folder}/state`;
  const sockets = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
  const counts = ["--cells", String(cells), "--threads", String(threads)];
  const process = new Deno.Command("node", {
    args: [
      ...[`${root}/bin/skerry.mjs`, "node", "--state", stateFolder],
      ...[...sockets, ...counts, ...options],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  let stderr = "";
  const reading = (async () => {
    for await (const piece of process.stderr.pipeThrough(new TextDecoderStream())) stderr += piece;
  })();
  let isOver = false;
  void process.status.then(() => isOver = true);
  let stopped: Promise<{ code: number; stderr: string }> | undefined;
  const stop = (signal: Deno.Signal = "SIGTERM") =>
    stopped ??= (async () => {
      if (!isOver) process.kill(signal);
      const { code } = await process.status;
      await reading;
      return { code, stderr };
    })();
  const told = (pattern: RegExp) =>
    polled(() => {
      if (isOver) throw new Error(`the node has ended:\n${stderr}`);
      return Promise.resolve(pattern.exec(stderr)?.[1]);
    }, () => `${pattern} in\n${stderr}`);
  try {
    const url = await told(/serves on (\S+)/);
    const admin = await told(/administered on (\S+)/);
    await polled(async () => {
      // A connection that is kept is one whose next request a node waits for when it stops.
      const response = await fetch(`${admin}/readyz`, { headers: { connection: "close" } });
      await response.body?.cancel();
      return response.ok ? true : undefined;
    }, () => `the node to be ready:\n${stderr}`);
    const token = (await Deno.readTextFile(`${stateFolder}/admin.token`)).trim();
    await use(testNode({ url, admin, token, folder, stop }));
  } finally {
    await stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** As {@link withNode}, for tests that can have a node together. */
export function testsOfNode(name: string): TestsOfOneNode<TestNode> {
  return testsOfOneNode<TestNode>(name, {
    run: (use) => withNode(use),
    async clear(node) {
      await removeTenants(node.admin, node.token);
      for (const { name } of Deno.readDirSync(node.folder)) {
        if (name !== "state") await Deno.remove(`${node.folder}/${name}`, { recursive: true });
      }
    },
  });
}

type Started = Pick<TestNode, "url" | "admin" | "token" | "folder" | "stop">;

function testNode(started: Started): TestNode {
  const { url, admin, token, folder } = started;
  const verb = (words: readonly string[], { token: shown = token, ...call }: VerbCall = {}) => {
    const home = { HOME: folder, XDG_CONFIG_HOME: "" };
    const env = { SKERRY_NODE: admin, SKERRY_TOKEN: shown, ...home };
    return run(words, { cwd: folder, ...call, env });
  };
  return {
    ...started,
    verb,
    async done(words, call) {
      const { code, stdout, stderr } = await verb(words, call);
      if (code === 0) return stdout;
      throw new Error(`skerry ${words.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
    },
    get: (host, path = "/", headers = {}) => answerOf(`${url}${path}`, { ...headers, host }),
  };
}

/** By Node's client: to `fetch` the host is the URL's, and nobody's to choose. */
async function answerOf(url: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(url, { headers, agent: false }, resolve).on("error", reject).end();
  const message = await promise;
  const fields = Object.entries(message.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value])
  );
  return {
    status: message.statusCode ?? 0,
    text: await text(message),
    headers: new Headers(fields),
  };
}

/** Polls until there is a value. */
async function polled<Value>(
  look: () => Promise<Value | undefined>,
  what: () => string,
): Promise<Value> {
  const endMs = performance.now() + readyMsMax;
  while (performance.now() < endMs) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain for ${what()}`);
}
