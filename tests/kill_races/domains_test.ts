/**
 * Each moment at which a guest can be ended, one by one and always the same: the cases that Lucet tests its kill
 * switch with (lucet-runtime-tests, `timeout.rs`; docs, "KillSwitch"), where there is such a moment here.
 */

import assert from "node:assert/strict";
import { bind, type Lease, type LeaseOptions, Pool, terminate } from "@skerry/sandbox";
import { type GuestPlace, guestProgram, type GuestState, host, question } from "./guests.ts";
import { KillerThread } from "./killer_thread.ts";
import { nextTurn, turns } from "./restless_clock.ts";

const program = await guestProgram();

interface Leased {
  readonly pool: Pool;
  readonly lease: Lease;
  readonly use: () => ReturnType<typeof terminate>;
  /** What happens at each place, from the host's side. */
  readonly acts: Partial<Record<GuestPlace, () => void>>;
  readonly places: GuestPlace[];
}

function leased(options: Partial<LeaseOptions> = {}, pool = new Pool()): Leased {
  const acts: Leased["acts"] = {};
  const places: GuestPlace[] = [];
  const state: GuestState = {
    at: (place) => {
      places.push(place);
      acts[place]?.();
    },
    later: nextTurn,
    stale: () => assert.fail("the instance was not fresh"),
  };
  const lease = pool.leaseNow(program, { bindings: [bind(host, state)], ...options });
  assert.ok(typeof lease === "object");
  const killSwitch = lease.killSwitch();
  assert.ok(killSwitch !== undefined);
  return { pool, lease, use: () => terminate(killSwitch), acts, places };
}

async function killed(running: Promise<{ readonly kind: string }>): Promise<void> {
  assert.equal((await running).kind, "killed");
}

Deno.test("terminated before its run, a guest never begins", async () => {
  const { lease, use, places } = leased();
  assert.equal(use(), "cancelled");
  assert.equal(use(), "signalled");
  await killed(lease.run("calls"));
  assert.deepEqual(places, []);
  assert.equal(use(), "over");
  lease.release();
});

Deno.test("terminated and never run, a lease is given back like any other", async () => {
  const { lease, use, pool } = leased();
  assert.equal(use(), "cancelled");
  lease.release();
  assert.equal(use(), "over");
  assert.deepEqual([pool.inUse, pool.idle], [0, 1]);
  const next = leased({}, pool);
  assert.equal((await next.lease.run("short")).kind, "returned");
  next.lease.release();
});

Deno.test("INV-2: terminated by another thread while it computes, a guest ends, whatever it catches", async () => {
  const thread = await KillerThread.start();
  for (const guest of ["spin", "swallow", "tree", "fills", "calls"]) {
    const { lease } = leased();
    const killSwitch = lease.killSwitch();
    assert.ok(killSwitch !== undefined);
    const running = lease.run(guest);
    const answer = thread.terminate(killSwitch, 1000);
    await killed(running);
    assert.equal(await answer, "signalled");
    lease.release();
  }
  thread.stop();
});

Deno.test("INV-2: terminated inside a host call, at once or while it waits, a guest does not go on", async () => {
  for (const guest of ["calls", "never", "patient", "waits"]) {
    const { lease, use, acts, places } = leased();
    const answers: string[] = [];
    acts["in a host call"] = () => answers.push(use());
    await killed(lease.run(guest));
    assert.deepEqual(answers, ["signalled"], guest);
    assert.equal(places.filter((place) => place === "in a host call").length, 1, guest);
    lease.release();
  }
});

Deno.test("INV-2: terminated as a host call's answer is on its way, a guest does not go on", async () => {
  const { lease, use, acts, places } = leased();
  acts["before an answer"] = () => assert.equal(use(), "signalled");
  await killed(lease.run("waits"));
  assert.deepEqual(places, ["in a host call", "before an answer", "as its signal is aborted"]);
  lease.release();
});

Deno.test("terminated while it waits for its embedder's answer, a guest ends without it", async () => {
  const { lease, use } = leased();
  const step = await lease.start("asks");
  assert.ok(step.kind === "yielded");
  assert.equal(use(), "signalled");
  await turns(2);
  const end = await step.on(question)?.resume(1);
  assert.ok(end?.kind === "ended" && end.outcome.kind === "killed");
  lease.release();
});

Deno.test("terminated while it waits for its turn, a guest does not get it", async () => {
  const pool = new Pool();
  const busy = leased({}, pool);
  const spinning = busy.lease.run("spin");
  await nextTurn();
  const { lease, use, places } = leased({}, pool);
  const running = lease.run("calls");
  assert.deepEqual(places, [], "it does not wait");
  assert.equal(use(), "signalled");
  await killed(running);
  assert.deepEqual(places, []);
  busy.lease.kill("enough");
  await killed(spinning);
  lease.release();
  busy.lease.release();
  assert.equal(pool.scheduler.waiting, 0);
});

Deno.test("terminated while its growth is thought about, a guest gets no more memory", async () => {
  const answer = Promise.withResolvers<"allow">();
  const { lease, use } = leased({ onGrowth: () => answer.promise });
  const running = lease.run("grows");
  const before = lease.usage.memoryBytes;
  assert.equal(use(), "signalled");
  await killed(running);
  answer.resolve("allow");
  await nextTurn();
  assert.equal(lease.usage.memoryBytes, before);
  lease.release();
});

Deno.test("a guest that has ended is not terminated: it is over, and its outcome stays", async () => {
  const { lease, use } = leased();
  const outcome = await lease.run("short");
  assert.equal(use(), "over");
  lease.kill("too late");
  assert.equal(outcome.kind, "returned");
  lease.release();
  assert.equal(use(), "over");
});

Deno.test("where a guest exits, faults or runs out of something first, who terminates it is told that it is over", async () => {
  for (const [guest, kind] of [["exits", "exited"], ["faults", "hostFault"]] as const) {
    const { lease, use, acts } = leased();
    let answer: string | undefined;
    acts["in a host call"] = () => {
      // After the verdict, and before the run has come to its end.
      queueMicrotask(() => answer = use());
    };
    const outcome = await lease.run(guest);
    await nextTurn();
    assert.deepEqual([outcome.kind, answer], [kind, "over"]);
    lease.release();
  }
  const { lease, use, acts } = leased({ wallMsMax: 1 });
  let answer: string | undefined;
  acts["as its signal is aborted"] = () => answer = use();
  const outcome = await lease.run("patient");
  assert.deepEqual([outcome.kind, answer], ["exhausted", "over"]);
  lease.release();
});

Deno.test("where a guest is terminated before it exits or faults, that is how it ended", async () => {
  for (const guest of ["exits", "faults"]) {
    const { lease, use, acts } = leased();
    acts["in a host call"] = () => assert.equal(use(), "signalled");
    await killed(lease.run(guest));
    lease.release();
  }
});

Deno.test("an old switch does nothing to the lease that has its place now", async () => {
  const pool = new Pool({ sandboxesMax: 1 });
  const first = leased({}, pool);
  first.lease.release();
  const second = leased({}, pool);
  assert.equal(first.use(), "over");
  assert.equal((await second.lease.run("some_calls")).kind, "returned");
  second.lease.release();
});

Deno.test("a switch is asked for before the run, and is one and the same however often", async () => {
  const { lease } = leased();
  assert.deepEqual(lease.killSwitch(), lease.killSwitch());
  await lease.run("short");
  assert.throws(() => lease.killSwitch());
  lease.release();
});

Deno.test("a lease that is released while its guest runs comes back when that has ended", async () => {
  const pool = new Pool({ sandboxesMax: 1 });
  const { lease, use } = leased({}, pool);
  const running = lease.run("never");
  lease.release();
  lease.release();
  assert.equal(pool.inUse, 1);
  const next = pool.lease(program, { bindings: [] });
  await killed(running);
  const second = await next;
  assert.ok(typeof second === "object");
  assert.equal(use(), "over");
  second.release();
  assert.equal(pool.inUse, 0);
});
