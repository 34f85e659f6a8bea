/**
 * Guests in endless loops, and a neighbour's short requests on the same thread: how long these take, and how far
 * beyond their budget the loops come.
 */

import process from "node:process";
import { nextTurn, systemClock } from "@skerry/platform";
import { type Lease, type LeaseOptions, Pool, Tenant } from "@skerry/sandbox";
import { median } from "../bench.ts";
import { holdBindings, holdProgram } from "./hold_host.ts";
import { percentileOf } from "./samples.ts";

const loopsMax = 8;
const loopCpuMsMax = 300;
const requestMs = 0.2;
/** Between an answer and the next request, which counts from when it is due: a thread that is not there for it is late. */
const pauseMs = 2;
const roundsMax = 6;
const aloneRequests = 400;

/** What `compute` answers, by its number of steps in thousands. */
const answers = new Map<number, number>();

const program = await holdProgram();
const pool = new Pool({ clock: systemClock, turn: nextTurn });
const greedy = new Tenant({ name: "greedy" });
const neighbour = new Tenant({ name: "neighbour" });
const thousands = await calibrate();
const alone: number[] = [];
for (let index = 0; index < aloneRequests; index += 1) alone.push(await requestWhenDue());

let stallMs = 0;
const overshoots: number[] = [];
const rounds: number[][] = [];
for (let round = 0; round < roundsMax; round += 1) rounds.push(await measureRound());
console.log(JSON.stringify({
  loops: loopsMax,
  requests: rounds.flat().length,
  aloneP50Ms: percentileOf(alone, 0.5),
  aloneP99Ms: percentileOf(alone, 0.99),
  neighbourP50Ms: median(rounds.map((times) => percentileOf(times, 0.5))),
  neighbourP99Ms: median(rounds.map((times) => percentileOf(times, 0.99))),
  neighbourWorstMs: Math.max(...rounds.flat()),
  overshootP50Ms: percentileOf(overshoots, 0.5),
  overshootWorstMs: Math.max(...overshoots),
  // Time in which the system gave the busy process no processor: what the worst figures are to be held against.
  machineStallWorstMs: stallMs,
}));

/** Requests one after the other, for as long as the loops live. */
async function measureRound(): Promise<number[]> {
  const loops = Array.from({ length: loopsMax }, () => runLoop());
  let alive = true;
  void Promise.all(loops).finally(() => alive = false);
  const times: number[] = [];
  while (alive) {
    const started = performance.now();
    const used = process.cpuUsage();
    times.push(await requestWhenDue());
    const { user, system } = process.cpuUsage(used);
    stallMs = Math.max(stallMs, performance.now() - started - (user + system) / 1000);
  }
  overshoots.push(...await Promise.all(loops));
  return times;
}

/** How long beyond its budget a loop has had the thread, in milliseconds. */
async function runLoop(): Promise<number> {
  const lease = leased({ tenant: greedy, cpuMsMax: loopCpuMsMax });
  const outcome = await lease.run("spin");
  lease.release();
  if (outcome.kind !== "exhausted" || outcome.limit !== "CPU time") {
    throw new Error(`a loop ended so: ${JSON.stringify(outcome)}`);
  }
  return lease.usage.cpuMs - loopCpuMsMax;
}

/** From when a request is due to its answer, in milliseconds. */
async function requestWhenDue(): Promise<number> {
  const due = performance.now() + pauseMs;
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  await request();
  return performance.now() - due;
}

/** From the lease to the answer, in milliseconds. */
async function request(steps = thousands): Promise<number> {
  const started = performance.now();
  const lease = leased({ tenant: neighbour });
  const outcome = await lease.run("compute", [steps]);
  lease.release();
  const ms = performance.now() - started;
  if (outcome.kind !== "returned" || outcome.values[0] !== computed(steps)) {
    throw new Error(`a request ended so: ${JSON.stringify(outcome)}`);
  }
  return ms;
}

function leased(options: Omit<LeaseOptions, "bindings">): Lease {
  const lease = pool.leaseNow(program, {
    ...options,
    bindings: holdBindings({ tell: new Map() }),
  });
  if (typeof lease === "string") throw new Error(lease);
  return lease;
}

/** What `compute` answers, by this language. */
function computed(steps: number): number {
  let x = answers.get(steps);
  if (x !== undefined) return x;
  x = 1;
  for (let step = 0; step < steps * 1000; step += 1) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  answers.set(steps, x);
  return x;
}

/** How many thousand steps take about as long as a request is to take. */
async function calibrate(): Promise<number> {
  const tried = 100;
  const times: number[] = [];
  for (let index = 0; index < 50; index += 1) times.push(await request(tried));
  return Math.max(1, Math.round(tried * requestMs / median(times)));
}
