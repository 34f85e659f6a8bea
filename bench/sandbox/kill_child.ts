/** How long it takes from `terminate` to the outcome of a guest that computes: from another thread, and from its own. */

import { nextTurn, systemClock } from "@skerry/platform";
import { type KillSwitch, type Lease, Pool, terminate } from "@skerry/sandbox";
import { median } from "../bench.ts";
import { holdBindings, holdProgram } from "./hold_host.ts";
import type { KillRequest } from "./kill_worker.ts";
import { percentileOf } from "./samples.ts";
import { clockOffsetMs, sharedTimes, timesOf } from "./shared_times.ts";

const roundsMax = 6;
const killsEach = 60;
/** The guest computes for so long before it is ended, at least, and at most a slice longer. */
const afterMs = 2;

const program = await holdProgram();
const pool = new Pool({ clock: systemClock, turn: nextTurn });
const worker = new Worker(new URL("kill_worker.ts", import.meta.url), { type: "module" });
await said();
const shared = sharedTimes();
ask({ kind: "compare", shared });
const offsetMs = clockOffsetMs(shared);

const byOther: number[][] = [];
const byOwn: number[][] = [];
for (let round = 0; round < roundsMax; round += 1) {
  byOther.push(await repeat(killFromOtherThread));
  byOwn.push(await repeat(killFromOwnThread));
}
worker.terminate();
const at = (rounds: readonly number[][], share: number) =>
  median(rounds.map((times) => percentileOf(times, share)));
console.log(JSON.stringify({
  kills: roundsMax * killsEach,
  killUsP50: at(byOther, 0.5),
  killUsP99: at(byOther, 0.99),
  killUsWorst: Math.max(...byOther.flat()),
  killSameThreadUsP50: at(byOwn, 0.5),
  killSameThreadUsP99: at(byOwn, 0.99),
}));

async function repeat(kill: () => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < killsEach; index += 1) times.push(await kill() * 1000);
  return times;
}

async function killFromOtherThread(): Promise<number> {
  const { lease, killSwitch } = leased();
  const answer = said();
  const killed = untilKilled(lease);
  ask({ kind: "kill", shared, killSwitch, afterMs: afterMs + Math.random() });
  await killed;
  const ended = performance.now();
  const began = (timesOf(shared)[0] ?? Number.NaN) - offsetMs;
  if (await answer !== "signalled") throw new Error(`the other thread was told ${await answer}`);
  return ended - began;
}

async function killFromOwnThread(): Promise<number> {
  const { lease, killSwitch } = leased();
  let began = Number.NaN;
  setTimeout(() => {
    began = performance.now();
    if (terminate(killSwitch) !== "signalled") throw new Error("it came too late");
  }, afterMs);
  await untilKilled(lease);
  return performance.now() - began;
}

function leased(): { lease: Lease; killSwitch: KillSwitch } {
  const lease = pool.leaseNow(program, { bindings: holdBindings({ tell: new Map() }) });
  if (typeof lease === "string") throw new Error(lease);
  const killSwitch = lease.killSwitch();
  if (killSwitch === undefined) throw new Error("there is no switch");
  return { lease, killSwitch };
}

async function untilKilled(lease: Lease): Promise<void> {
  const outcome = await lease.run("spin");
  lease.release();
  if (outcome.kind !== "killed") throw new Error(`a killed guest ended as ${outcome.kind}`);
}

function ask(request: KillRequest): void {
  worker.postMessage(request);
}

/** What the other thread says next. */
function said(): Promise<string> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}
