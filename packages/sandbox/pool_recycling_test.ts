/** Which instances a pool keeps, which it throws away, and what it does where memory or mappings are short. */

import assert from "node:assert/strict";
import { openPolicy } from "@skerry/compiler";
import {
  Account,
  bind,
  type HostInterface,
  immediate,
  type Lease,
  type LeaseOptions,
  memoryPageBytes,
  Pool,
  type PoolOptions,
  type Program,
  suspending,
  Tenant,
} from "./mod.ts";
import { programOf } from "./testing/compile_text.ts";
import { HandClock, HandTurns } from "./testing/hand_clock.ts";

const host: HostInterface<undefined> = {
  module: "host",
  functions: {
    fail: immediate([], [], () => {
      throw new Error("the host broke");
    }),
    never: suspending([], [], () => new Promise<void>(() => {})),
    exit: immediate([], [], (guest) => guest.exit(1)),
  },
};

const text = (pages: number) =>
  `(module (import "host" "fail" (func $fail)) (import "host" "never" (func $never))
    (import "host" "exit" (func $exit))
    (memory (export "memory") ${pages} 1000) (table $t 1 100 funcref)
    (global $runs (mut i32) (i32.const 0))
    (func $deep (param i64) (result i64)
      (i64.add (i64.const 1) (call $deep (i64.add (local.get 0) (i64.const 1)))))
    (func (export "count") (result i32)
      (global.set $runs (i32.add (global.get $runs) (i32.const 1)))
      (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
      (i32.add (global.get $runs) (i32.load (i32.const 0))))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "grow and wait") (result i32) (memory.grow (i32.const 1)) (call $never))
    (func (export "grow table") (result i32) (table.grow $t (ref.null func) (i32.const 1)))
    (func (export "deep") (drop (call $deep (i64.const 0))))
    (func (export "spin") (loop $again (br $again)))
    (func (export "trap") unreachable)
    (func (export "fail") (call $fail))
    (func (export "never") (call $never))
    (func (export "exit") (call $exit)))`;

const program = await programOf(text(1), host, { policy: openPolicy });
const options: LeaseOptions = { bindings: [bind(host, undefined)] };

/** A pool whose turns are the test's. */
class Bench {
  readonly turns = new HandTurns();
  readonly pool: Pool;

  constructor(poolOptions: PoolOptions = {}) {
    // What is thrown away counts as collected at once, as it will be some time.
    const whenCollected = (_target: object, then: () => void) => then();
    // Where time stood not still, a busy machine would now and then end a turn between two leases.
    const clock = new HandClock();
    this.pool = new Pool({ turn: this.turns.turn, clock, whenCollected, ...poolOptions });
  }

  lease(of: Program = program, more: Partial<LeaseOptions> = {}): Lease {
    const lease = this.pool.leaseNow(of, { ...options, ...more });
    assert.ok(typeof lease === "object", String(lease));
    return lease;
  }

  refused(of: Program = program, more: Partial<LeaseOptions> = {}): string {
    const lease = this.pool.leaseNow(of, { ...options, ...more });
    assert.ok(typeof lease === "string");
    return lease;
  }

  /** Runs an export to its end, gives the lease back, and lets what comes back be reset. */
  async run(name: string, args: number[] = [], of: Program = program): Promise<unknown> {
    const lease = this.lease(of, name === "spin" ? { fuelMax: 1000 } : {});
    const running = lease.run(name, args);
    if (name === "never") lease.kill("enough");
    const outcome = await running;
    lease.release();
    await this.turns.all();
    return outcome.kind === "returned" ? outcome.values[0] : outcome.kind;
  }
}

/** Mappings that an instance takes, and those that a lease takes besides. */
function mappingsOf(): [instance: number, stack: number] {
  const mappings = new Account(1000);
  const bench = new Bench({ mappings });
  bench.pool.warm(program, 1);
  const instance = mappings.used;
  const lease = bench.lease();
  const stack = mappings.used - instance;
  lease.release();
  assert.ok(instance > 0 && stack > 0);
  return [instance, stack];
}

Deno.test("INV-3: an instance is used again, and is as new each time", async () => {
  const bench = new Bench();
  for (let request = 0; request < 5; request += 1) {
    assert.equal(await bench.run("count"), 2);
    assert.equal(bench.pool.idle, 1);
  }
});

Deno.test("an instance is kept after every end that is the guest's own", async () => {
  const ends: Record<string, string> = { trap: "trapped", exit: "exited", spin: "exhausted" };
  for (const [name, kind] of Object.entries(ends)) {
    const bench = new Bench();
    assert.equal(await bench.run(name), kind);
    assert.equal(bench.pool.idle, 1, name);
    assert.equal(await bench.run("count"), 2, name);
  }
});

Deno.test("an instance is thrown away after an overflow of its stack, a fault of ours, and where a host function has not come back", async () => {
  const ends: Record<string, string> = { deep: "exhausted", fail: "hostFault", never: "killed" };
  for (const [name, kind] of Object.entries(ends)) {
    const bench = new Bench();
    assert.equal(await bench.run(name), kind);
    assert.equal(bench.pool.idle, 0, name);
  }
});

Deno.test("an instance that has grown a little is kept, and one that has grown much or whose table has grown is not", async () => {
  const memory = new Account(2000);
  const bench = new Bench({ memory });
  assert.equal(await bench.run("grow", [5]), 1);
  assert.deepEqual([bench.pool.idle, memory.used], [1, program.memoryPages + 5]);
  // What it has grown by before is there already.
  assert.equal(await bench.run("grow", [5]), 1);
  assert.equal(memory.used, program.memoryPages + 5);
  assert.equal(await bench.run("grow", [300]), 1);
  assert.deepEqual([bench.pool.idle, memory.used], [0, 0]);
  assert.equal(await bench.run("grow table"), 1);
  assert.deepEqual([bench.pool.idle, memory.used], [0, 0]);
});

Deno.test("an instance without a reset is used once", async () => {
  const plain = await programOf(text(1), host, { isolation: "none" });
  const unresettable = await programOf(text(1), host, { isolation: { reset: false } });
  for (const once of [plain, unresettable]) {
    const bench = new Bench();
    assert.ok(once.notRecycled.length > 0);
    assert.equal(bench.pool.warm(once, 3), 0);
    const lease = bench.lease(once);
    await lease.run("count");
    lease.release();
    await bench.turns.all();
    assert.equal(bench.pool.idle, 0);
  }
});

Deno.test("a lease that was never run gives a clean instance back", async () => {
  const bench = new Bench();
  bench.lease().release();
  assert.deepEqual([bench.pool.idle, bench.turns.planned], [1, 0]);
  assert.equal(await bench.run("count"), 2);
});

Deno.test("an instance that came back is reset for a lease that cannot wait for its turn", async () => {
  const bench = new Bench();
  const lease = bench.lease();
  await lease.run("count");
  lease.release();
  const next = bench.lease();
  assert.equal(bench.pool.idle, 0, "another one was made");
  assert.deepEqual(await next.run("count"), { kind: "returned", values: [2] });
  next.release();
});

Deno.test("a pool that is warmed has instances before they are asked for, and keeps them", () => {
  const { pool } = new Bench();
  assert.equal(pool.warm(program, 3), 3);
  pool.trim();
  pool.trim();
  assert.equal(pool.idle, 3);
  assert.equal(pool.warm(program, 1), 3);
  pool.trim();
  assert.equal(pool.idle, 1);
});

Deno.test("a pool keeps as many instances as were in use at once since it was trimmed last", () => {
  const bench = new Bench();
  const leases = [1, 2, 3, 4].map(() => bench.lease());
  for (const lease of leases) lease.release();
  bench.pool.trim();
  assert.equal(bench.pool.idle, 4);
  bench.lease().release();
  bench.pool.trim();
  assert.equal(bench.pool.idle, 1);
});

Deno.test("the last instance of a program stays for 90 trims that nobody asks for it in, then it goes too", () => {
  const bench = new Bench();
  const trim = (times: number) => {
    for (let time = 0; time < times; time++) bench.pool.trim();
  };
  bench.lease().release();
  trim(90);
  assert.equal(bench.pool.idle, 1, "the first trim saw that it was asked for");
  bench.lease().release();
  trim(90);
  assert.equal(bench.pool.idle, 1, "it was asked for again");
  trim(1);
  assert.equal(bench.pool.idle, 0);
});

Deno.test("a program that is dropped leaves nothing, nor does what comes back of it later", async () => {
  const memory = new Account(100);
  const mappings = new Account(100);
  const bench = new Bench({ memory, mappings });
  const out = bench.lease();
  bench.pool.warm(program, 2);
  await out.run("count");
  bench.pool.drop(program);
  assert.equal(bench.pool.idle, 0);
  out.release();
  await bench.turns.all();
  assert.deepEqual([bench.pool.idle, memory.used, mappings.used], [0, 0, 0]);
  // It may be served again.
  assert.equal(await bench.run("count"), 2);
  assert.equal(bench.pool.idle, 1);
});

Deno.test("where memory is short, idle instances of the program that was used longest ago go first, then leases are refused", async () => {
  const [a, b, c] = await Promise.all([1, 2, 3].map((pages) => programOf(text(pages), host)));
  assert.ok(a !== undefined && b !== undefined && c !== undefined);
  const memory = new Account(a.memoryPages + b.memoryPages + c.memoryPages - 1);
  const mappings = new Account(1000);
  const bench = new Bench({ memory, mappings });
  await bench.run("count", [], a);
  await bench.run("count", [], b);
  assert.equal(bench.pool.idle, 2);
  await bench.run("count", [], a);
  const lease = bench.lease(c);
  // Of b and a, b was used longer ago.
  assert.equal(bench.pool.idle, 1);
  assert.equal(memory.used, a.memoryPages + c.memoryPages);
  const second = bench.lease(a);
  assert.equal(bench.refused(b), "no memory");
  assert.deepEqual([memory.used, bench.pool.inUse], [a.memoryPages + c.memoryPages, 2]);
  lease.release();
  second.release();
  for (const program of [a, b, c]) bench.pool.drop(program);
  assert.deepEqual([memory.used, mappings.used, bench.pool.inUse], [0, 0, 0]);
});

Deno.test("a program that was only warmed goes before one that is in use", async () => {
  const [used, warmed, third] = await Promise.all([1, 2, 3].map((n) => programOf(text(n), host)));
  assert.ok(used !== undefined && warmed !== undefined && third !== undefined);
  const memory = new Account(used.memoryPages + warmed.memoryPages + third.memoryPages - 1);
  const bench = new Bench({ memory });
  await bench.run("count", [], used);
  bench.pool.warm(warmed, 1);
  await bench.run("count", [], used);
  bench.lease(third).release();
  assert.equal(memory.used, used.memoryPages + third.memoryPages);
});

Deno.test("where mappings are short, idle instances make room, then leases are refused, and nothing is kept of them", async () => {
  const [instance, stack] = mappingsOf();
  const mappings = new Account(2 * (instance + stack));
  const memory = new Account(1000);
  const bench = new Bench({ mappings, memory });
  const warmed = bench.pool.warm(program, 3);
  assert.deepEqual([warmed, mappings.used], [3, 3 * instance]);
  const leases = [bench.lease(), bench.lease()];
  assert.equal(bench.refused(), "no mappings");
  assert.deepEqual([mappings.used, bench.pool.inUse, bench.pool.idle], [mappings.max, 2, 0]);
  for (const lease of leases) lease.release();
  assert.equal(mappings.used, 2 * instance);
  bench.pool.drop(program);
  assert.deepEqual([mappings.used, memory.used], [0, 0]);
  assert.equal(await bench.run("count"), 2);
});

Deno.test("a growth for which the process has no memory is denied, once idle instances have made room", async () => {
  const memory = new Account(program.memoryPages * 2 + 3);
  const bench = new Bench({ memory });
  bench.pool.warm(program, 2);
  assert.equal(await bench.run("grow", [3]), 1);
  assert.equal(bench.pool.idle, 2);
  assert.equal(await bench.run("grow", [3 + program.memoryPages + 1]), -1);
  bench.pool.drop(program);
  assert.equal(memory.used, 0);
});

Deno.test("a growth that no account could ever grant throws no idle instance away", async () => {
  const memory = new Account(20);
  const bench = new Bench({ memory });
  bench.pool.warm(program, 3);
  assert.equal(await bench.run("grow", [500]), -1);
  assert.equal(bench.pool.idle, 3);
});

Deno.test("a tenant has no more sandboxes out than its bound, and others pass it in the line", async () => {
  const bench = new Bench({ sandboxesMax: 3 });
  const bounded = new Tenant({ name: "bounded", sandboxesMax: 1 });
  const other = new Tenant({ name: "other" });
  const first = bench.lease(program, { tenant: bounded });
  assert.equal(bench.refused(program, { tenant: bounded }), "full");
  const waiting = bench.pool.lease(program, { ...options, tenant: bounded });
  const passing = await bench.pool.lease(program, { ...options, tenant: other });
  assert.ok(typeof passing === "object");
  assert.deepEqual([bounded.out, other.out], [1, 1]);
  passing.release();
  assert.equal(bounded.out, 1);
  first.release();
  const second = await waiting;
  assert.ok(typeof second === "object");
  second.release();
  assert.deepEqual([bounded.out, other.out, bench.pool.inUse], [0, 0, 0]);
});

Deno.test("those who wait for a place have it by their tenants' weights, in the order of arrival", async () => {
  const bench = new Bench({ sandboxesMax: 4 });
  const [light, heavy] = [1, 3].map((weight) => new Tenant({ name: `${weight}`, weight }));
  assert.ok(light !== undefined && heavy !== undefined);
  const first = [1, 2, 3, 4].map(() => bench.lease());
  const order: string[] = [];
  const out: Lease[] = [];
  const all = [light, heavy].flatMap((tenant) =>
    [0, 1, 2, 3].map((number) =>
      bench.pool.lease(program, { ...options, tenant }).then((lease) => {
        assert.ok(typeof lease === "object");
        order.push(`${tenant.name}.${number}`);
        out.push(lease);
      })
    )
  );
  for (const lease of first) lease.release();
  await bench.turns.next();
  assert.deepEqual(order.filter((who) => who.startsWith("3")), ["3.0", "3.1", "3.2"]);
  assert.deepEqual(order.filter((who) => who.startsWith("1")), ["1.0"]);
  while (bench.pool.inUse > 0) {
    out.shift()?.release();
    await bench.turns.next();
  }
  await Promise.all(all);
  assert.equal(order.length, 8);
});

Deno.test("memory is the tenant's only while its leases last, and its bound refuses", async () => {
  const account = new Account(program.memoryPages * 2 + 1);
  const tenant = new Tenant({ name: "a", memory: account });
  const bench = new Bench();
  const leases = [1, 2].map(() => bench.lease(program, { tenant }));
  assert.equal(bench.refused(program, { tenant }), "no memory");
  assert.equal(bench.pool.inUse, 2);
  const [one, two] = leases;
  const first = one?.run("grow and wait");
  assert.equal(account.used, account.max);
  assert.deepEqual(await two?.run("grow", [1]), { kind: "returned", values: [-1] });
  one?.kill("enough");
  await first;
  for (const lease of leases) lease.release();
  assert.equal(account.used, 0);
});

Deno.test("a process counts what each of an instance's memories holds, whichever lease has grown it", async () => {
  const memories = await programOf(`(module (memory $a 1 100) (memory $b 1 100)
    (func (export "grow a") (param i32) (result i32) (memory.grow $a (local.get 0)))
    (func (export "grow b") (param i32) (result i32) (memory.grow $b (local.get 0))))`);
  const memory = new Account(1000);
  const bench = new Bench({ memory });
  assert.equal(await bench.run("grow a", [10], memories), 1);
  assert.equal(await bench.run("grow b", [10], memories), 1);
  assert.deepEqual([bench.pool.idle, memory.used], [1, memories.memoryPages + 20]);
  assert.equal(await bench.run("grow a", [4], memories), 1);
  assert.equal(memory.used, memories.memoryPages + 20);
});

Deno.test("a module that cannot be instantiated is an outcome of each lease, and costs nothing afterwards", async () => {
  const misfit = await programOf(
    `(module (memory 1) (data (i32.const ${memoryPageBytes}) "x") (func (export "run")))`,
  );
  const [memory, mappings] = [new Account(100), new Account(100)];
  const bench = new Bench({ memory, mappings });
  assert.equal(await bench.run("run", [], misfit), "trapped");
  assert.deepEqual([memory.used, mappings.used, bench.pool.inUse, bench.pool.idle], [0, 0, 0, 0]);
});
