/** Hits by HTTP: what one costs in processor time, beside other caches and beside a server that keeps nothing. */

import { type BenchResult, median, rounded } from "../bench.ts";
import { measure, type Measured } from "../http/load.ts";
import type { Server } from "../http/server.ts";
import { bareDeno, type Cache, nginx, skerry, startOrigin, varnish } from "./peers.ts";

/** The bodies that are asked for. */
const sizes = { "1k": 1024, "64k": 65_536 } as const;
type Size = keyof typeof sizes;

/** How much is measured. */
interface Plan {
  readonly rounds: number;
  readonly secondsEach: number;
  /** For how long each is loaded before all else: engines compile what has run for long. */
  readonly firstSeconds: number;
}

const whole: Plan = { rounds: 5, secondsEach: 3, firstSeconds: 8 };
const quick: Plan = { rounds: 3, secondsEach: 1, firstSeconds: 4 };

/** A server that was idle while others were loaded is loaded before its time counts. */
const warmUpSeconds = 1;

/** A server that is asked for bodies of one size. */
interface Subject {
  readonly name: string;
  readonly size: Size;
  readonly server: Pick<Server, "url" | "cpuUs">;
}

/** Requests of all servers in turns. Throws where one of them does not answer from its cache. */
export async function hits(isQuick: boolean): Promise<BenchResult> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-bench-cache-" });
  const memory = await Deno.makeTempDir({ dir: "/dev/shm", prefix: "skerry-bench-cache-" });
  const running: Pick<Server, "stop">[] = [];
  const run = <Running extends Pick<Server, "stop">>(server: Running): Running => {
    running.push(server);
    return server;
  };
  try {
    const origin = run(await startOrigin());
    const caches: Cache[] = [];
    for (const start of [skerry, varnish]) caches.push(await start(folder, origin.url));
    caches.push(await nginx(folder, memory, origin.url));
    for (const { server } of caches) run(server);
    const subjects: Subject[] = [];
    for (const size of Object.keys(sizes) as Size[]) {
      for (const cache of caches) {
        await fill(cache, sizes[size]);
        subjects.push({ name: cache.name, size, server: asking(cache.server, sizes[size]) });
      }
      subjects.push({ name: "Deno.serve", size, server: run(await bareDeno(sizes[size])) });
    }
    const askedBefore = await askedOf(origin);
    const measured = await measureAll(isQuick ? quick : whole, subjects);
    if (await askedOf(origin) !== askedBefore) throw new Error("a cache asked the origin again");
    return summed(subjects, measured);
  } finally {
    for (const server of running.reverse()) await server.stop();
    for (const path of [folder, memory]) await Deno.remove(path, { recursive: true });
  }
}

/** Has a cache keep a body, and sees that it does. */
async function fill({ name, server, isHit }: Cache, bytes: number): Promise<void> {
  const { url } = asking(server, bytes);
  await (await fetch(url)).arrayBuffer();
  const response = await fetch(url);
  const text = await response.text();
  if (!isHit(response.headers) || text !== "x".repeat(bytes)) {
    const fields = JSON.stringify([...response.headers]);
    throw new Error(`${name} does not answer ${url} from its cache: ${response.status} ${fields}`);
  }
}

function asking(server: Pick<Server, "url" | "cpuUs">, bytes: number): Subject["server"] {
  return { url: new URL(`/${bytes}`, server.url).href, cpuUs: () => server.cpuUs() };
}

async function askedOf({ url }: Pick<Server, "url">): Promise<number> {
  return Number(await (await fetch(new URL("/asked", url))).text());
}

/** All rounds of all servers, one after another, so that what else the machine does hits all alike. */
async function measureAll(
  { rounds, secondsEach, firstSeconds }: Plan,
  subjects: readonly Subject[],
): Promise<Map<Subject, Measured[]>> {
  const measured = new Map<Subject, Measured[]>(subjects.map((subject) => [subject, []]));
  for (const { server } of subjects) await measure(server, firstSeconds);
  for (let round = 0; round < rounds; round++) {
    console.error(`  round ${round + 1} of ${rounds}`);
    for (const [{ server }, found] of measured) {
      await measure(server, warmUpSeconds);
      found.push(await measure(server, secondsEach));
    }
  }
  return measured;
}

function summed(
  subjects: readonly Subject[],
  measured: ReadonlyMap<Subject, readonly Measured[]>,
): BenchResult {
  const middle = (subject: Subject | undefined, key: keyof Measured) =>
    median((subject === undefined ? [] : measured.get(subject) ?? []).map((round) => round[key]));
  const costOf = (name: string, size: Size) =>
    middle(subjects.find((one) => one.name === name && one.size === size), "cpuUsPerRequest");
  const times = (name: string, size: Size) => rounded(costOf(name, size) / costOf("Skerry", size));
  return {
    rows: subjects.map((subject) => ({
      hit: subject.size,
      of: subject.name,
      perCpuSecond: Math.round(1e6 / middle(subject, "cpuUsPerRequest")),
      cpuUsPerRequest: rounded(middle(subject, "cpuUsPerRequest")),
      rps: Math.round(middle(subject, "rps")),
      p50Ms: rounded(middle(subject, "p50Ms")),
      p99Ms: rounded(middle(subject, "p99Ms")),
    })),
    summary: {
      hit1kVsDeno: times("Deno.serve", "1k"),
      hit1kVsVarnish: times("Varnish", "1k"),
      hit1kVsNginx: times("nginx", "1k"),
      hit64kVsDeno: times("Deno.serve", "64k"),
      hit64kVsVarnish: times("Varnish", "64k"),
      hit64kVsNginx: times("nginx", "64k"),
    },
  };
}
