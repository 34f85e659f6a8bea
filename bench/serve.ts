/** Requests per second through a sandbox each, beside servers that have none. */

import { fileURLToPath } from "node:url";
import { type Bench, rounded } from "./bench.ts";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const secondsEach = 5;
const connections = 50;

/** `wrk` against the hello example, Deno.serve without a sandbox, and node:http. */
export const bench: Bench = {
  name: "serve",
  about:
    `wrk -c${connections}: hello in a sandbox each, beside Deno.serve and node:http without any`,
  async run() {
    const subjects = {
      "Skerry, WAT example": () => skerry("examples/hello-wat", "/hello/"),
      "Skerry, C example": () => skerry("examples/markdown-c", "/markdown/"),
      "Deno.serve, no sandbox": denoServe,
      "node:http, no sandbox": nodeHttp,
    };
    const rows: Record<string, string | number>[] = [];
    for (const [subject, start] of Object.entries(subjects)) {
      const server = await start();
      try {
        rows.push({
          subject,
          ...await wrk(server.url),
          "resident MiB": await residentMib(server.process.pid),
        });
      } finally {
        server.process.kill("SIGTERM");
        await server.process.status;
      }
    }
    const rate = (index: number) => Number(rows[index]?.["requests/s"]);
    return {
      rows,
      summary: { ratioToDenoServe: rounded(rate(0) / rate(2)), requestsPerSecond: rate(0) },
    };
  },
};

interface Server {
  readonly url: string;
  readonly process: Deno.ChildProcess;
}

async function skerry(example: string, path: string): Promise<Server> {
  const { url, process } = await start(Deno.execPath(), [
    ...["run", "--quiet", "-A", `--config=${root}/deno.json`, `${root}/apps/cli/main.ts`],
    ...["serve", `${root}/${example}`, "--listen", "127.0.0.1:0"],
  ]);
  return { url: new URL(path, url).href, process };
}

function denoServe(): Promise<Server> {
  return start(Deno.execPath(), [
    "eval",
    `
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.error("http://127.0.0.1:" + port) },
      () => new Response("hello\\n", { headers: { "content-type": "text/plain" } }));`,
  ]);
}

function nodeHttp(): Promise<Server> {
  return start("node", [
    "-e",
    `
    const server = require("node:http").createServer((_, response) => {
      response.setHeader("content-type", "text/plain"); response.end("hello\\n"); });
    server.listen(0, "127.0.0.1", () => console.error("http://127.0.0.1:" + server.address().port));`,
  ]);
}

/** Starts a server and waits for the first address that it names. Its log is dropped. */
async function start(command: string, args: string[]): Promise<Server> {
  const process = new Deno.Command(command, { args, cwd: root, stdout: "null", stderr: "piped" })
    .spawn();
  let text = "";
  const reader = process.stderr.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    text += value ?? "";
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
    if (url !== undefined) {
      void reader.cancel();
      return { url: `${url}/`, process };
    }
    if (done) throw new Error(`${command} did not start: ${text}`);
  }
}

async function wrk(url: string): Promise<Record<string, string | number>> {
  const args = ["-t1", `-c${connections}`, `-d${secondsEach}s`, "--latency", url];
  const { stdout } = await new Deno.Command("wrk", { args }).output().catch(() => {
    throw new Error("this benchmark needs wrk: apt-get install wrk");
  });
  const text = new TextDecoder().decode(stdout);
  const found = (pattern: RegExp) => pattern.exec(text)?.[1] ?? "0";
  return {
    "requests/s": rounded(Number(found(/Requests\/sec:\s*([\d.]+)/))),
    "p50": found(/50%\s+(\S+)/),
    "p99": found(/99%\s+(\S+)/),
    "failed": Number(found(/Non-2xx or 3xx responses: (\d+)/)) +
      Number(found(/Socket errors: (.*)/) !== "0"),
  };
}

async function residentMib(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Math.round(Number(/VmRSS:\s*(\d+)/.exec(status)?.[1]) / 1024);
}
