/** Requests per second through a sandbox each, beside servers that have none, or another kind. */

import { fileURLToPath } from "node:url";
import { type Bench, median, rounded } from "./bench.ts";
import { connections, measure, type Measured } from "./http/load.ts";
import { denoServe, skerryArgs, skerryServe, workerd } from "./http/peers.ts";
import { ensureTools } from "./http/pinned.ts";
import { type Server, start } from "./http/server.ts";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const here = `${root}/bench/http`;

/**
 * A round loads each server once; what counts is the median of the rounds. A server that has been idle while the others
 * were loaded is loaded for a second before its time counts: engines let go of code that is not used.
 */
const rounds = 5;
const secondsEach = 3;
const warmUpSeconds = 1;

/**
 * The server, the program and its version of isolation that a row is about. The peers write no log; ours is told to do the same,
 * but in one row.
 */
const subjects = {
  "Skerry, WAT guest": () => skerryServe(`${here}/hello_wat`, "/wat/", "failures"),
  "Skerry, WAT guest, a log line each": () => skerryServe(`${here}/hello_wat`, "/wat/", "all"),
  "Skerry, C guest": () => skerryServe(`${here}/hello_c`, "/c/", "failures"),
  "Skerry, WAT guest, new WebAssembly.Instance": () => fresh("hello_wat", "hello-wat"),
  "Skerry, C guest, new WebAssembly.Instance": () => fresh("hello_c", "hello-c"),
  "Deno.serve": denoServe,
  "node:http": () => start("node", [`${here}/node_http.mjs`]),
  "workerd": workerd,
};

type Subject = keyof typeof subjects;

/** `wrk` against what users run: `skerry serve`, and its peers. */
export const bench: Bench = {
  name: "http",
  about: `hello world by wrk -c${connections}, each server on one core, wrk on the other, ` +
    `median of ${rounds} rounds`,
  async run() {
    await ensureTools(`${root}/scripts/install_bench_tools.mjs`);
    const servers = new Map<Subject, Server>();
    try {
      for (const name of Object.keys(subjects) as Subject[]) {
        servers.set(name, await subjects[name]());
      }
      for (const server of servers.values()) {
        await checkAnswer(server);
        await measure(server, 2 * warmUpSeconds);
      }
      return summed(await measureAll(servers));
    } finally {
      for (const server of servers.values()) await server.stop();
    }
  },
};

/** All rounds of all servers, one after another, so that what else the machine does hits all alike. */
async function measureAll(
  servers: ReadonlyMap<Subject, Server>,
): Promise<Map<Subject, Measured[]>> {
  const measured = new Map<Subject, Measured[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, server] of servers) {
      await measure(server, warmUpSeconds);
      measured.set(name, [...measured.get(name) ?? [], await measure(server, secondsEach)]);
    }
  }
  return measured;
}

function summed(measured: ReadonlyMap<Subject, readonly Measured[]>) {
  const middle = (name: Subject, key: keyof Measured) =>
    median((measured.get(name) ?? []).map((round) => round[key]));
  const ratio = (left: Subject, right: Subject) =>
    rounded(middle(left, "rps") / middle(right, "rps"));
  return {
    rows: [...measured.keys()].map((name) => ({
      name,
      rps: Math.round(middle(name, "rps")),
      cpuUsPerRequest: rounded(middle(name, "cpuUsPerRequest")),
      p50Ms: rounded(middle(name, "p50Ms")),
      p99Ms: rounded(middle(name, "p99Ms")),
    })),
    summary: {
      vsDeno: ratio("Skerry, WAT guest", "Deno.serve"),
      vsWorkerd: ratio("Skerry, WAT guest", "workerd"),
      vsDenoLogging: ratio("Skerry, WAT guest, a log line each", "Deno.serve"),
      vsWorkerdLogging: ratio("Skerry, WAT guest, a log line each", "workerd"),
      vsFresh: ratio("Skerry, WAT guest", "Skerry, WAT guest, new WebAssembly.Instance"),
      vsDenoC: ratio("Skerry, C guest", "Deno.serve"),
      vsWorkerdC: ratio("Skerry, C guest", "workerd"),
      vsFreshC: ratio("Skerry, C guest", "Skerry, C guest, new WebAssembly.Instance"),
    },
  };
}

/** Every server must answer the same, or they are not peers. */
async function checkAnswer({ url }: Server): Promise<void> {
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200 || text !== "hello\n") {
    throw new Error(`${url} answered ${response.status}: ${text}`);
  }
}

/** The same program and the same server, with an artifact that cannot be reset: each request gets a new instance. */
async function fresh(folder: string, name: string): Promise<Server> {
  const module = `${here}/${folder}/build/${name}.wasm`;
  const artifact = `${here}/${folder}/build/${name}-fresh.skerry.wasm`;
  const args = skerryArgs("compile", module, "--no-reset", "--output", artifact);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return await skerryServe(artifact, "/", "failures");
}
