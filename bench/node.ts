/** A node with one service and with a thousand, beside servers that have no sandbox, or another kind. */

import { fileURLToPath } from "node:url";
import { type Bench, median, rounded } from "./bench.ts";
import { connections, measure, type Measured } from "./http/load.ts";
import { denoServe, skerryServe, workerd } from "./http/peers.ts";
import { ensureTools } from "./http/pinned.ts";
import type { Server } from "./http/server.ts";
import { askAll, deployMany, deploymentTimesMs } from "./node/deployments.ts";
import { Modules } from "./node/modules.ts";
import { type Place, RunningNode } from "./node/running_node.ts";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** How much is measured. */
interface Plan {
  /** Services of each node, fewest first. */
  readonly counts: readonly number[];
  readonly rounds: number;
  readonly secondsEach: number;
  readonly warmUpSeconds: number;
  /** Versions that are deployed one after another. */
  readonly versions: number;
  readonly starts: number;
  /** How long a node is left alone before its memory counts: idle sandboxes are looked at every ten seconds. */
  readonly restMs: number;
}

const whole: Plan = {
  ...{ counts: [1, 100, 1_000], rounds: 5, secondsEach: 3, warmUpSeconds: 1 },
  ...{ versions: 20, starts: 3, restMs: 25_000 },
};

const quick: Plan = {
  ...{ counts: [1, 100], rounds: 3, secondsEach: 1, warmUpSeconds: 1 },
  ...{ versions: 5, starts: 1, restMs: 5_000 },
};

/** What is loaded: a server, and how many hosts it is asked for. */
interface Subject {
  readonly name: string;
  readonly server: Pick<Server, "url" | "cpuUs" | "stop">;
  readonly hosts: number;
}

/** A node as operators run it. */
export const bench: Bench = {
  name: "node",
  about:
    `a node of 1, 100 and 1,000 services of 100 KB by wrk -c${connections}, each server on one core, ` +
    "wrk on the other",
  async run(isQuick) {
    await ensureTools(`${root}/scripts/install_bench_tools.mjs`);
    const plan = isQuick ? quick : whole;
    const folder = await Deno.makeTempDir({ prefix: "skerry-bench-node-" });
    try {
      const stateOf = (count: number) => `${folder}/${count}`;
      await deployAll(plan, stateOf);
      const operated = await operate(plan, stateOf);
      const loaded = await load(plan, stateOf, folder);
      return { rows: loaded.rows, summary: { ...loaded.summary, ...operated } };
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
};

/** Has state folders made that nodes are started with later. */
async function deployAll({ counts }: Plan, stateOf: (count: number) => string): Promise<void> {
  const modules = await Modules.saying("hello\n");
  for (const count of counts) {
    await withNode(stateOf(count), "all cores", (node) => deployMany(node, modules, count));
  }
}

/** What operators wait for, and what services cost that nobody asks. */
async function operate(
  { counts, versions, starts, restMs }: Plan,
  stateOf: (count: number) => string,
): Promise<Record<string, number>> {
  const [least = 0, most = 0] = [counts[0], counts.at(-1)];
  const startsMs: number[] = [];
  for (let start = 0; start < starts; start++) {
    await withNode(stateOf(most), "all cores", ({ startMs }) => {
      startsMs.push(startMs);
    });
  }
  const bytesOf = (count: number) =>
    withNode(stateOf(count), "one core", async (node) => {
      const rested = async () => {
        await new Promise((resolve) => setTimeout(resolve, restMs));
        return await node.residentBytes();
      };
      const idle = await rested();
      await askAll(node, count);
      return { idle, asked: await rested() };
    });
  const [few, many] = [await bytesOf(least), await bytesOf(most)];
  const numbers = Array.from({ length: versions }, (_, index) => 1_000_000 + index);
  const modules = await Modules.saying("@number@\n");
  const deploysMs = await withNode(
    stateOf(most),
    "all cores",
    (node) => deploymentTimesMs(node, modules, numbers),
  );
  const each = (what: "idle" | "asked") => (many[what] - few[what]) / (most - least);
  return {
    deployMs: rounded(median(deploysMs)),
    deployWorstMs: rounded(Math.max(...deploysMs)),
    [`startMs${most}`]: Math.round(median(startsMs)),
    idleServiceBytes: Math.round(each("idle")),
    askedServiceBytes: Math.round(each("asked")),
  };
}

/** All servers under load, in turns. */
async function load(
  plan: Plan,
  stateOf: (count: number) => string,
  folder: string,
): Promise<{ rows: Record<string, string | number>[]; summary: Record<string, number> }> {
  const most = Math.max(...plan.counts);
  const module = `${folder}/hello.wasm`;
  await Deno.writeFile(module, (await Modules.saying("hello\n")).module(0));
  const subjects: Subject[] = [];
  try {
    for (const count of plan.counts) {
      const server = await RunningNode.start(stateOf(count), "one core");
      subjects.push({ name: nodeName(count), server, hosts: count });
    }
    subjects.push(
      { name: "skerry serve", server: await skerryServe(module, "/"), hosts: 1 },
      { name: "Deno.serve", server: await denoServe(), hosts: most },
      { name: "workerd", server: await workerd(), hosts: most },
    );
    return summed(plan, await measureAll(plan, subjects));
  } finally {
    for (const { server } of subjects) await server.stop();
  }
}

function nodeName(count: number): string {
  return `skerry node, ${count} ${count === 1 ? "service" : "services"}`;
}

/** All rounds of all servers, one after another, so that what else the machine does hits all alike. */
async function measureAll(
  { rounds, secondsEach, warmUpSeconds }: Plan,
  subjects: readonly Subject[],
): Promise<Map<string, Measured[]>> {
  const measured = new Map<string, Measured[]>();
  const loadOf = ({ server, hosts }: Subject, seconds: number) =>
    measure(server, seconds, [`${root}/bench/node/hosts.lua`, String(hosts)]);
  for (const subject of subjects) await loadOf(subject, 4 * warmUpSeconds);
  for (let round = 0; round < rounds; round++) {
    console.error(`  round ${round + 1} of ${rounds}`);
    for (const subject of subjects) {
      await loadOf(subject, warmUpSeconds);
      const before = measured.get(subject.name) ?? [];
      measured.set(subject.name, [...before, await loadOf(subject, secondsEach)]);
    }
  }
  return measured;
}

function summed({ counts }: Plan, measured: ReadonlyMap<string, readonly Measured[]>) {
  const middle = (name: string, key: keyof Measured) =>
    median((measured.get(name) ?? []).map((round) => round[key]));
  const perCpuSecond = (name: string) => 1e6 / middle(name, "cpuUsPerRequest");
  const [one = 0, most = 0] = [counts[0], counts.at(-1)];
  const of = (name: string, other: string) => rounded(perCpuSecond(name) / perCpuSecond(other));
  return {
    rows: [...measured.keys()].map((name) => ({
      name,
      perCpuSecond: Math.round(perCpuSecond(name)),
      rps: Math.round(middle(name, "rps")),
      cpuUsPerRequest: rounded(middle(name, "cpuUsPerRequest")),
      p50Ms: rounded(middle(name, "p50Ms")),
      p99Ms: rounded(middle(name, "p99Ms")),
    })),
    summary: {
      ...Object.fromEntries(counts.flatMap((count) => [
        [`rps${count}`, Math.round(perCpuSecond(nodeName(count)))],
        [`p50Ms${count}`, rounded(middle(nodeName(count), "p50Ms"))],
        [`p99Ms${count}`, rounded(middle(nodeName(count), "p99Ms"))],
      ])),
      [`ratio${most}`]: of(nodeName(most), nodeName(one)),
      vsServe: of(nodeName(one), "skerry serve"),
      vsDeno: of(nodeName(one), "Deno.serve"),
      vsWorkerd: of(nodeName(one), "workerd"),
    },
  };
}

/** A node for as long as something is done with it. */
async function withNode<Result>(
  stateFolder: string,
  place: Place,
  act: (node: RunningNode) => Result | Promise<Result>,
): Promise<Result> {
  const node = await RunningNode.start(stateFolder, place);
  try {
    return await act(node);
  } finally {
    await node.stop();
  }
}
