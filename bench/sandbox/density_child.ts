/**
 * Thousands of sandboxes that wait at once, in a process of their own: were it to ask for one mapping too many,
 * the system would end it, and whoever started it would see that.
 */

import { mappingsMax, nextTurn } from "@skerry/platform";
import { Account, type Lease, type Outcome, Pool } from "@skerry/sandbox";
import { holdBindings, holdProgram, type Waiting } from "./hold_host.ts";

/** What is left to the process itself, as the pool's own default leaves it. */
const otherMappings = 5_530;

interface Held {
  readonly leases: Lease[];
  readonly outcomes: Promise<Outcome>[];
  readonly waiting: Waiting;
  readonly refused: string;
}

const [wanted = 0, beyond = 0] = Deno.args.map(Number);
const program = await holdProgram();
const mappings = new Account(mappingsMax() - otherMappings);
const pool = new Pool({ sandboxesMax: beyond, turn: nextTurn, mappings });
await end(await hold(1));
const before = footprint();
const first = await hold(wanted);
const during = footprint();
const counted = mappings.used;
await end(first);
const second = await hold(beyond);
await end(second);
// Whoever was refused did no harm: the pool goes on.
const third = await hold(1);
await end(third);
console.log(JSON.stringify({
  suspended: first.leases.length,
  bytesEach: (during.residentBytes - before.residentBytes) / first.leases.length,
  mappingsEach: (during.mappings - before.mappings) / first.leases.length,
  mappingsCounted: counted / first.leases.length,
  mappingsMax: mappingsMax(),
  memories: program.mappings / 2,
  memoryPages: program.memoryPages,
  suspendedAtRefusal: second.leases.length,
  refused: second.refused,
}));

/** Starts so many, or as many as there may be, and comes back when all of them wait. */
async function hold(count: number): Promise<Held> {
  const held = { leases: [] as Lease[], outcomes: [] as Promise<Outcome>[], refused: "" };
  const waiting: Waiting = { tell: new Map() };
  for (let id = 0; id < count; id += 1) {
    const lease = pool.leaseNow(program, { bindings: holdBindings(waiting) });
    if (typeof lease === "string") {
      held.refused = lease;
      break;
    }
    held.leases.push(lease);
    held.outcomes.push(lease.run("hold", [id]));
  }
  while (waiting.tell.size < held.leases.length) await turn();
  return { ...held, waiting };
}

/** Tells each its number, and checks what each makes of it. */
async function end({ leases, outcomes, waiting }: Held): Promise<void> {
  for (const [id, tell] of waiting.tell) tell(1_000_000 + id);
  for (const [id, outcome] of (await Promise.all(outcomes)).entries()) {
    const right = outcome.kind === "returned" && outcome.values[0] === 1_000_000 + 2 * id;
    if (!right) throw new Error(`sandbox ${id}: ${JSON.stringify(outcome)}`);
  }
  for (const lease of leases) lease.release();
  if (pool.inUse !== 0) throw new Error(`${pool.inUse} leases are still out`);
  pool.drop(program);
  await turn();
}

/** Memory and mappings of this process, garbage left aside. */
function footprint(): { residentBytes: number; mappings: number } {
  (globalThis as { gc?: () => void }).gc?.();
  return {
    residentBytes: Deno.memoryUsage().rss,
    mappings: Deno.readTextFileSync("/proc/self/maps").split("\n").length - 1,
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => nextTurn(resolve));
}
