/** Thousands of guests are ended at any moment, from this thread and another; whatever wins, all is as it should be. */

import assert from "node:assert/strict";
import process from "node:process";
import { Account, Pool, Tenant } from "@skerry/sandbox";
import { Random } from "../differential/random.ts";
import { guestProgram, natural } from "./guests.ts";
import { KillerThread } from "./killer_thread.ts";
import { Race } from "./race.ts";
import { RestlessClock } from "./restless_clock.ts";

const seed = Number(
  process.env["SKERRY_RACE_SEED"] ?? crypto.getRandomValues(new Uint32Array(1))[0],
);

const races = Number(process.env["SKERRY_RACES"] ?? 6000);
/** Races at once; some of them wait in line. */
const runners = 9;
/** Far longer than it can take. */
const hangMs = 120_000;

Deno.test("INV-2: whoever ends a guest at whatever moment, the outcome is right, nothing hangs and nothing is kept", async () => {
  console.log(`SKERRY_RACE_SEED=${seed}`);
  const random = new Random(seed);
  const memory = new Account(600);
  const mappings = new Account(200);
  const tenants = [1, 2, 5].map((weight) =>
    new Tenant({ name: `weight ${weight}`, weight, sandboxesMax: 5, memory: new Account(300) })
  );
  const pool = new Pool({
    // What is thrown away counts as collected at once, so that what is counted at the end can be told.
    whenCollected: (_target, then) => then(),
    sandboxesMax: 6,
    queueMax: 100,
    memory,
    mappings,
    clock: new RestlessClock(random),
  });
  const program = await guestProgram();
  const thread = await KillerThread.start();
  const open = new Set<Race>();
  const ended = new Map<string, number>();
  let left = races;
  const runner = async () => {
    while (left > 0) {
      left -= 1;
      const race = new Race({ pool, program, tenants, thread, random });
      open.add(race);
      const kind = await race.run();
      open.delete(race);
      const what = `${race.guest} ${kind}`;
      ended.set(what, (ended.get(what) ?? 0) + 1);
      if (random.chance(0.02)) pool.trim();
    }
  };
  const { promise: hang, reject } = Promise.withResolvers<never>();
  const watchdog = setTimeout(() => {
    reject(new Error(`these hang:\n${[...open].map(({ text }) => text).join("\n")}`));
  }, hangMs);
  try {
    await Promise.race([hang, Promise.all(Array.from({ length: runners }, runner))]);
  } finally {
    clearTimeout(watchdog);
    thread.stop();
  }
  console.log([...ended].sort().map(([what, count]) => `${what} ${count}`).join(", "));
  assert.equal(pool.inUse, 0);
  assert.equal(pool.scheduler.waiting, 0);
  assert.deepEqual(tenants.map((tenant) => [tenant.out, tenant.memory?.used]), [
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  assert.ok(memory.used >= pool.idle * program.memoryPages);
  // What idle instances hold is all that is left: each as much as the others.
  assert.equal(mappings.used % Math.max(1, pool.idle), 0);
  pool.drop(program);
  assert.deepEqual([pool.idle, memory.used, mappings.used], [0, 0, 0]);
  // A run in which few are ended, or none gets to its end, shows nothing.
  for (const [guest, ends] of Object.entries(natural)) {
    assert.ok((ended.get(`${guest} killed`) ?? 0) > 0, `${guest} was never killed`);
    if (ends === undefined) continue;
    const others = [...ended.keys()].filter((what) =>
      what.startsWith(`${guest} `) && !what.endsWith(" killed")
    );
    assert.ok(others.length > 0, `${guest} never came to its own end`);
  }
});
