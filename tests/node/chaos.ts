/**
 * Chaos: healthy services under load, while cells are killed, broken versions come, the disk is full and hostile guests
 * run beside. What breaks is to be the connections of cells that were killed, and nothing else.
 */

import assert from "node:assert/strict";
import { brokenVersions, program } from "./guests.ts";
import { Load, tell } from "./load.ts";
import type { Failure, LoadReport } from "./load_order.ts";
import { childrenOf, delay, isAlive, type RunningNode, until } from "./running_node.ts";

/** How much of it there is. */
export interface ChaosOptions {
  /** How long it lasts; and how long the same load comes before, in calm. */
  readonly chaosMs: number;
  readonly calmMs: number;
  /** Healthy services, over four tenants, and requests to all of them in a second. */
  readonly services: number;
  readonly requestsPerSecond: number;
  /** How often a cell is killed. */
  readonly killEveryMs: number;
}

/** What came of it. */
export interface ChaosReport {
  readonly calm: LoadReport;
  readonly chaos: LoadReport;
  readonly kills: number;
  /** Requests on connections of cells that were killed. */
  readonly lost: number;
  /** All other failures. There are to be none. */
  readonly failures: readonly Failure[];
  readonly hostileRequests: number;
  readonly brokenVersions: number;
  readonly goodVersions: number;
}

/** Connections to a healthy service: what answers take under chaos, at a hundred requests a second, needs about ten. */
const connectionsMax = 50;

/** How long an answer may take under chaos. */
const answerMsMax = 30_000;

/** What hostile guests do, and how long they are let. */
const hostilePaths = [
  "/spin",
  "/hog",
  "/flood",
  "/gush",
  "/sleep?60000",
  "/exit",
  "/trap",
  "/hammer",
];
const hostileMsMax = 2_000;
const hostileClients = 3;

/** Has chaos on a node that was just started. */
export async function chaos(node: RunningNode, options: ChaosOptions): Promise<ChaosReport> {
  const names = await deployHealthy(node, options.services);
  await deployHostile(node);
  const calmLoad = loadOf(node, names, options);
  await delay(options.calmMs);
  const calm = await calmLoad.end();

  const load = loadOf(node, names, options);
  const stop = new AbortController();
  const killed = new Set<number>();
  let kills = 0;
  const counts = { hostile: 0, broken: 0, good: 0 };
  const again = (act: () => Promise<void>) => repeated(act, stop.signal);
  const acting = [
    ...hostilePaths.flatMap((path) =>
      Array.from({ length: hostileClients }, () =>
        again(async () => {
          await askHostile(node, path);
          counts.hostile += 1;
        }))
    ),
    again(async () => {
      for (const { module, health, settings } of Object.values(brokenVersions)) {
        if (stop.signal.aborted) return;
        const name = names[counts.broken % names.length] ?? "";
        const asked = { ...settings, ...(health !== undefined && { health }) };
        const { status, json } = await node.tryDeploy(name, await module(), asked);
        assert.equal(status, 422, JSON.stringify(json));
        counts.broken += 1;
      }
    }),
    again(async () => {
      await deployGood(node, names[counts.good % names.length] ?? "", counts.good + 2);
      counts.good += 1;
      await delay(500);
    }),
    again(async () => {
      await delay(options.killEveryMs * (0.5 + Math.random()));
      if (stop.signal.aborted) return;
      for (const port of await killOneCell(node)) killed.add(port);
      kills += 1;
    }),
  ];
  await delay(options.chaosMs);
  stop.abort();
  const problems = await Promise.allSettled(acting);
  const report = await load.end();
  for (const problem of problems) if (problem.status === "rejected") throw problem.reason;
  const isLost = ({ isBroken, port }: Failure) => isBroken && killed.has(port);
  return {
    ...{ calm, chaos: report, kills },
    lost: report.failures.filter(isLost).length,
    failures: [...calm.failures, ...report.failures.filter((failure) => !isLost(failure))],
    ...{
      hostileRequests: counts.hostile,
      brokenVersions: counts.broken,
      goodVersions: counts.good,
    },
  };
}

/** Checks what was to hold, and that nothing is lost by a kill of the supervisor. */
export async function checkAfterChaos(node: RunningNode, report: ChaosReport): Promise<void> {
  assert.equal(tell(report.failures), "");
  assert.ok(report.kills > 0 && report.brokenVersions > 0 && report.hostileRequests > 0);
  const before = await deployed(node);
  await node.kill();
  await node.start();
  assert.deepEqual(await deployed(node), before);
}

/** All that the API tells of services and versions. */
export async function deployed(node: RunningNode): Promise<unknown> {
  const found: unknown[] = [];
  const { tenants } = await node.ok("GET", "/v1/tenants");
  for (const { name: tenant } of tenants) {
    const { services } = await node.ok("GET", `/v1/tenants/${tenant}/services`);
    for (const service of services) {
      const path = `/v1/tenants/${tenant}/services/${service.name}/versions`;
      found.push(service, (await node.ok("GET", path)).versions);
    }
  }
  return found;
}

function loadOf(
  node: RunningNode,
  names: readonly string[],
  { requestsPerSecond }: ChaosOptions,
): Load {
  return new Load({
    ...{ port: node.port, requestsPerSecond, connectionsMax, answerMsMax },
    targets: names.map((name, index) => {
      const host = hostOf(name);
      return {
        ...{ host, path: "/" },
        body: new RegExp(`^release-0000 version=\\d+ host=${host} script= path=/$`),
        // Every fourth has a connection for each request.
        keepsAlive: index % 4 !== 3,
      };
    }),
  });
}

async function deployHealthy(node: RunningNode, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `tenant-${index % 4}/healthy-${index}`);
  for (let tenant = 0; tenant < 4; tenant++) await node.tenant(`tenant-${tenant}`);
  for (const name of names) await deployGood(node, name, 1);
  return names;
}

async function deployGood(node: RunningNode, name: string, version: number): Promise<void> {
  const { status, json } = await node.tryDeploy(name, await program(), {
    env: { VERSION: String(version) },
    health: { path: "/", status: 200 },
  });
  assert.equal(status, 201, JSON.stringify(json));
}

function hostOf(name: string): string {
  return `${name.split("/")[1]}.test`;
}

async function deployHostile(node: RunningNode): Promise<void> {
  for (const tenant of ["hostile-0", "hostile-1"]) {
    await node.tenant(tenant, { memoryBytesMax: 256 * 2 ** 20 });
    await node.deploy(`${tenant}/${tenant}`, await program(), { wallMsMax: hostileMsMax });
  }
}

/** Whatever a hostile guest answers. */
async function askHostile(node: RunningNode, path: string): Promise<void> {
  const host = `hostile-${Math.random() < 0.5 ? 0 : 1}.test`;
  try {
    const answer = await node.ask(host, path);
    // What is refused is asked again, but not in circles that take the processor.
    if (answer.status >= 500) await delay(50);
  } catch {
    await delay(50);
  }
}

/** Kills a cell that serves, and gives the ports of the clients whose connections it had. */
async function killOneCell(node: RunningNode): Promise<readonly number[]> {
  const cells = await until(async () => {
    const serving = (await node.cells()).filter(({ state }) => state === "serving");
    return serving.length > 0 ? serving : undefined;
  }, () => "a cell that serves");
  const { pid } = cells[Math.floor(Math.random() * cells.length)] ?? assert.fail();
  // What shuts it in has a process of its own.
  const processes = await withDescendants(pid);
  // It stands still while is looked what it has: it takes no connection between the look and its end.
  for (const each of processes) Deno.kill(each, "SIGSTOP");
  await until(() => processes.every(standsStill) || undefined, () => "a cell to stand still");
  const ports = await Promise.all(processes.map((each) => clientPorts(each, node.port)));
  for (const each of processes) if (isAlive(each)) Deno.kill(each, "SIGKILL");
  return ports.flat();
}

/** Whether all threads of a process are stopped: they are one after the other. */
function standsStill(pid: number): boolean {
  return [...Deno.readDirSync(`/proc/${pid}/task`)].every(({ name }) => {
    const stat = Deno.readTextFileSync(`/proc/${pid}/task/${name}/stat`);
    return /^[TtZX]$/.test(stat[stat.lastIndexOf(")") + 2] ?? "");
  });
}

async function withDescendants(pid: number): Promise<number[]> {
  const children = await childrenOf(pid);
  return [pid, ...(await Promise.all(children.map(withDescendants))).flat()];
}

/** Ports of clients whose connections to a port a process has accepted (proc(5)). */
async function clientPorts(pid: number, port: number): Promise<number[]> {
  const inodes = new Set<string>();
  for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
    const link = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
    const [, inode] = /^socket:\[(\d+)\]$/.exec(link) ?? [];
    if (inode !== undefined) inodes.add(inode);
  }
  const ports: number[] = [];
  for (const line of (await Deno.readTextFile("/proc/net/tcp")).split("\n").slice(1)) {
    const [, local = "", remote = "", , , , , , , inode = ""] = line.trim().split(/\s+/);
    if (!inodes.has(inode) || portOf(local) !== port) continue;
    ports.push(portOf(remote));
  }
  return ports;
}

function portOf(address: string): number {
  return parseInt(address.split(":")[1] ?? "", 16);
}

async function repeated(act: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await act();
}
