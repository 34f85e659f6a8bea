/** What a lease may use, bound by bound; time passes when the test says so. */

import assert from "node:assert/strict";
import { openPolicy } from "@skerry/compiler";
import {
  Account,
  bind,
  type Growth,
  type GrowthAnswer,
  type HostInterface,
  immediate,
  type Lease,
  type LeaseOptions,
  memoryPageBytes,
  type Outcome,
  Pool,
  type Program,
  suspending,
  type Usage,
} from "./mod.ts";
import { programOf } from "./testing/compile_text.ts";
import { HandClock, HandTurns } from "./testing/hand_clock.ts";

interface State {
  readonly clock: HandClock;
  answer?: () => void;
}

const host: HostInterface<State> = {
  module: "host",
  functions: {
    work: immediate(["i32"], [], ({ state }, ms) => state.clock.pass(ms)),
    cheap: immediate([], [], () => {}),
    dear: immediate([], [], () => {}, 10),
    free: immediate([], [], () => {}, 0),
    wait: suspending([], [], ({ state }) =>
      new Promise<void>((resolve) => {
        state.answer = resolve;
      })),
  },
};

const program = await programOf(
  `(module (import "host" "work" (func $work (param i32))) (import "host" "cheap" (func $cheap))
    (import "host" "dear" (func $dear)) (import "host" "free" (func $free))
    (import "host" "wait" (func $wait))
    (memory $m (export "memory") 2 100) (memory $n 1 100) (table $t 1 5000 funcref)
    (func $burn (export "burn") (param $n i32)
      (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func (export "spin") (loop $again (br $again)))
    (func (export "work") (param $ms i32)
      (loop $again (call $work (local.get $ms)) (call $burn (i32.const 100000)) (br $again)))
    (func (export "work and wait") (call $work (i32.const 7)) (call $wait) (call $work (i32.const 5)))
    (func (export "swallow wait") (result i32)
      (block $caught (try_table (catch_all $caught) (call $wait)))
      (i32.const 7))
    (func (export "cheap") (loop $again (call $cheap) (br $again)))
    (func (export "mixed") (call $cheap) (call $dear) (call $free) (call $dear))
    (func (export "free") (param $n i32) (loop $again (call $free)
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func (export "request") (param $n i32) (result i32) (local $p i32)
      (loop $again
        (i32.store (i32.mul (local.get $n) (i32.const 8))
          (i32.load (i32.mul (local.get $n) (i32.const 4))))
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (memory.fill (i32.const 0) (i32.const 7) (i32.const 100000))
      (drop (memory.grow $m (i32.const 1)))
      (call $burn (i32.const 300000))
      (memory.size $m))
    (func (export "grow") (param i32) (result i32) (memory.grow $m (local.get 0)))
    (func (export "grow other") (param i32) (result i32) (memory.grow $n (local.get 0)))
    (func (export "grow table") (param i32) (result i32)
      (table.grow $t (ref.null func) (local.get 0)))
    (func (export "grow table on") (param $n i32) (loop $again
      (drop (table.grow $t (ref.null func) (i32.const 1)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`,
  host,
  { policy: openPolicy },
);

interface Bench {
  readonly pool: Pool;
  readonly clock: HandClock;
  readonly turns: HandTurns;
  readonly memory: Account;
  readonly state: State;
  lease(options?: Partial<LeaseOptions>, of?: Program): Lease;
  /** Runs an export; turns come as they are asked for. */
  run(
    name: string,
    args: readonly number[],
    options?: Partial<LeaseOptions>,
    of?: Program,
  ): Promise<{ readonly outcome: Outcome; readonly usage: Usage }>;
}

function bench(): Bench {
  const clock = new HandClock();
  const turns = new HandTurns();
  const memory = new Account(1000);
  const pool = new Pool({ clock, turn: turns.turn, memory });
  const state: State = { clock };
  const made: Bench = {
    ...{ pool, clock, turns, memory, state },
    lease: (options = {}, of = program) => {
      const lease = pool.leaseNow(of, { bindings: [bind(host, state)], ...options });
      assert.ok(typeof lease === "object", String(lease));
      return lease;
    },
    run: async (name, args, options, of) => {
      const lease = made.lease(options, of);
      let ended = false;
      const running = lease.run(name, args).finally(() => ended = true);
      while (!ended) await turns.next();
      const outcome = await running;
      lease.release();
      await turns.all();
      return { outcome, usage: lease.usage };
    },
  };
  return made;
}

function limitOf(outcome: Outcome): string {
  return outcome.kind === "exhausted" ? outcome.limit : outcome.kind;
}

Deno.test("the same request costs the same fuel each time, on a fresh instance and on a recycled one", async () => {
  const { run, pool } = bench();
  const first = await run("request", [5000]);
  assert.deepEqual(first.outcome, { kind: "returned", values: [3] });
  assert.ok(first.usage.fuel > 300_000, `${first.usage.fuel}`);
  for (let request = 0; request < 4; request += 1) {
    assert.equal(pool.idle, 1);
    const { outcome, usage } = await run("request", [5000]);
    assert.deepEqual(outcome, first.outcome);
    assert.equal(usage.fuel, first.usage.fuel);
  }
  const other = await bench().run("request", [5000]);
  assert.equal(other.usage.fuel, first.usage.fuel);
});

Deno.test("fuel does not depend on how often a guest was interrupted, or how it was divided", async () => {
  const calm = await bench().run("request", [5000]);
  const busy = bench();
  const lease = busy.lease();
  let ended = false;
  const running = lease.run("request", [5000]).finally(() => ended = true);
  while (!ended) {
    busy.clock.pass(5);
    await busy.turns.next();
  }
  await running;
  assert.equal(lease.usage.fuel, calm.usage.fuel);
  const bounded = await bench().run("request", [5000], { fuelMax: calm.usage.fuel + 1 });
  assert.deepEqual(bounded.outcome, calm.outcome);
  assert.equal(bounded.usage.fuel, calm.usage.fuel);
});

Deno.test("a guest ends at its fuel, at the same place each time, and not before", async () => {
  const { usage } = await bench().run("request", [5000]);
  const outcomes: Outcome[] = [];
  for (const fuelMax of [0, 1, 1000, 250_000, usage.fuel - 9000]) {
    const { outcome, usage } = await bench().run("request", [5000], { fuelMax });
    assert.equal(limitOf(outcome), "fuel", `${fuelMax}`);
    assert.ok(usage.fuel >= fuelMax && usage.fuel <= fuelMax + 9000, `${usage.fuel}, ${fuelMax}`);
    outcomes.push(outcome);
    const again = await bench().run("request", [5000], { fuelMax });
    assert.deepEqual([again.outcome, again.usage.fuel], [outcome, usage.fuel]);
  }
  assert.equal(outcomes.length, 5);
});

Deno.test("INV-11: CPU time ends a guest that computes, and waiting for the host does not count", async () => {
  const computing = await bench().run("work", [3], { cpuMsMax: 20 });
  assert.equal(limitOf(computing.outcome), "CPU time");
  assert.ok(computing.usage.cpuMs >= 20 && computing.usage.cpuMs <= 24, `${computing.usage.cpuMs}`);
  const waits = bench();
  const lease = waits.lease({ cpuMsMax: 20 });
  const running = lease.run("work and wait");
  await waits.turns.all();
  waits.clock.pass(1000);
  waits.state.answer?.();
  await waits.turns.all();
  assert.deepEqual(await running, { kind: "returned", values: [] });
  assert.equal(lease.usage.cpuMs, 12);
});

Deno.test("INV-11: wall time ends a guest that computes, and one that waits", async () => {
  const computing = await bench().run("work", [3], { wallMsMax: 20 });
  assert.equal(limitOf(computing.outcome), "wall time");
  const waits = bench();
  const lease = waits.lease({ wallMsMax: 50 });
  let outcome: Outcome | undefined;
  void lease.run("work and wait").then((ended) => outcome = ended);
  await waits.turns.all();
  for (let ms = 0; ms < 42; ms += 1) {
    waits.clock.pass(1);
    await waits.turns.all();
  }
  assert.equal(outcome, undefined);
  for (let ms = 0; ms < 30; ms += 1) {
    waits.clock.pass(1);
    await waits.turns.all();
  }
  assert.ok(outcome !== undefined);
  assert.equal(limitOf(outcome), "wall time");
});

Deno.test("host calls are counted with their charges, and end the guest that makes one too many", async () => {
  const counted = await bench().run("mixed", []);
  assert.equal(counted.usage.hostCalls, 21);
  for (const [hostCallsMax, kind] of [[20, "host calls"], [21, "returned"]] as const) {
    const { outcome } = await bench().run("mixed", [], { hostCallsMax });
    assert.equal(limitOf(outcome), kind, `${hostCallsMax}`);
  }
  const endless = await bench().run("cheap", [], { hostCallsMax: 1000 });
  assert.equal(limitOf(endless.outcome), "host calls");
  const free = await bench().run("free", [5000], { hostCallsMax: 0 });
  assert.equal(free.outcome.kind, "returned");
});

Deno.test("memory is bounded for a lease: what goes beyond is denied, all memories and tables together", async () => {
  const own = program.guestPages;
  const memoryBytesMax = (own + 4) * memoryPageBytes;
  const check = async (name: string, argument: number, expected: number) => {
    const { outcome } = await bench().run(name, [argument], { memoryBytesMax });
    assert.deepEqual(outcome, { kind: "returned", values: [expected] }, `${name} ${argument}`);
  };
  await check("grow", 4, 2);
  await check("grow", 5, -1);
  await check("grow other", 4, 1);
  await check("grow other", 5, -1);
  await check("grow table", 4000, 1);
  const { usage } = await bench().run("grow", [4], { memoryBytesMax });
  assert.equal(usage.memoryBytes, memoryBytesMax);
});

Deno.test("a table that grows bit by bit takes as much as one that grows at once", async () => {
  const atOnce = await bench().run("grow table", [4096]);
  const bits = await bench().run("grow table on", [4096]);
  assert.equal(bits.outcome.kind, "returned");
  assert.equal(bits.usage.memoryBytes, atOnce.usage.memoryBytes);
  assert.equal(bits.usage.memoryBytes, (program.guestPages + 1) * memoryPageBytes);
});

Deno.test("a growth beyond the module's own bound is refused, and takes nothing of anybody's memory", async () => {
  for (const name of ["grow", "grow other", "grow table"]) {
    const { run, memory } = bench();
    const { outcome, usage } = await run(name, [9999]);
    assert.deepEqual(outcome, { kind: "returned", values: [-1] }, name);
    assert.equal(usage.memoryBytes, program.guestPages * memoryPageBytes, name);
    assert.equal(memory.used, program.memoryPages, name);
  }
});

Deno.test("a growth beyond what the program was compiled for takes nothing of anybody's memory", async () => {
  const small = await programOf(
    `(module (memory 1) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`,
    undefined,
    { memoryBytesMax: 4 * memoryPageBytes },
  );
  const { run, memory } = bench();
  const { outcome, usage } = await run("grow", [500], {}, small);
  assert.deepEqual(outcome, { kind: "returned", values: [-1] });
  assert.equal(usage.memoryBytes, small.guestPages * memoryPageBytes);
  assert.equal(memory.used, small.memoryPages);
});

Deno.test("a policy allows a growth, denies it, or ends the guest; at once or later", async () => {
  const expected: Record<GrowthAnswer, string> = { allow: "2", deny: "-1", terminate: "memory" };
  for (const [answer, text] of Object.entries(expected) as [GrowthAnswer, string][]) {
    for (const later of [false, true]) {
      const asked: Growth[] = [];
      const { run, memory } = bench();
      const { outcome, usage } = await run("grow", [3], {
        onGrowth: (growth) => {
          asked.push(growth);
          return later ? Promise.resolve(answer) : answer;
        },
      });
      const got = outcome.kind === "returned" ? String(outcome.values[0]) : limitOf(outcome);
      assert.equal(got, text);
      assert.deepEqual(asked, [{ what: "memory", index: 0, size: 2n, delta: 3n }]);
      const grown = answer === "allow" ? 3 : 0;
      assert.equal(usage.memoryBytes, (program.guestPages + grown) * memoryPageBytes);
      assert.equal(memory.used, program.memoryPages + grown);
    }
  }
});

Deno.test("a policy is asked about tables and every memory by their indexes, and can end a guest for a table", async () => {
  const asked: Growth[] = [];
  const onGrowth = (growth: Growth): GrowthAnswer => {
    asked.push(growth);
    return growth.what === "table" ? "terminate" : "deny";
  };
  const { run } = bench();
  const table = await run("grow table", [7], { onGrowth });
  assert.equal(limitOf(table.outcome), "table elements");
  await run("grow other", [2], { onGrowth });
  assert.deepEqual(asked, [
    { what: "table", index: 0, size: 1n, delta: 7n },
    { what: "memory", index: 1, size: 1n, delta: 2n },
  ]);
});

Deno.test("INV-1: a policy that throws, or whose promise is rejected, is a host fault", async () => {
  const policies: LeaseOptions["onGrowth"][] = [
    () => {
      throw new Error("the policy broke");
    },
    () => Promise.reject(new Error("the policy broke")),
  ];
  for (const onGrowth of policies) {
    const { outcome } = await bench().run("grow", [1], onGrowth && { onGrowth });
    assert.ok(outcome.kind === "hostFault");
    assert.match(String(outcome.error), /the policy broke/);
  }
});

Deno.test("INV-2: an observer of waits that throws is a host fault, and not an exception in the guest", async () => {
  const lease = bench().lease({
    onSuspend: () => {
      throw new Error("the observer broke");
    },
  });
  const outcome = await lease.run("swallow wait");
  assert.ok(outcome.kind === "hostFault", outcome.kind);
  lease.release();
});

Deno.test("a lease that never ran has used nothing but its memory", () => {
  const lease = bench().lease();
  const memoryBytes = program.guestPages * memoryPageBytes;
  assert.deepEqual(lease.usage, { cpuMs: 0, fuel: 0, hostCalls: 0, memoryBytes });
  lease.release();
});

Deno.test("a program that begins with more than a lease may use is refused", () => {
  const { lease } = bench();
  const tooLittle = { memoryBytesMax: program.guestPages * memoryPageBytes - 1 };
  assert.throws(() => lease(tooLittle), /no memory/);
});
