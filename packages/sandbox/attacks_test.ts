/** What guests, and host functions at odd moments, must not be able to do to others. */

import assert from "node:assert/strict";
import {
  Account,
  bind,
  Channel,
  type Guest,
  type HostInterface,
  immediate,
  type Lease,
  type LeaseOptions,
  memoryPageBytes,
  Pool,
  type Program,
  suspending,
  Tenant,
} from "./mod.ts";
import { type Runner, Scheduler, sliceMs } from "./scheduler.ts";
import { programOf } from "./testing/compile_text.ts";
import { HandClock, HandTurns, settled } from "./testing/hand_clock.ts";

function leaseOf(pool: Pool, program: Program, options: Partial<LeaseOptions> = {}): Lease {
  const lease = pool.leaseNow(program, { bindings: [], ...options });
  if (typeof lease === "string") return assert.fail(lease);
  return lease;
}

/** A module that calls `host.act` where it could catch an exception, and returns 7 where it goes on. */
const catching = `(module (import "host" "act" (func $act))
  (func (export "act") (result i32)
    (block $caught (try_table (catch_all $caught) (call $act)))
    (i32.const 7)))`;

function hostOf(act: HostInterface<void>["functions"][string]): HostInterface<void> {
  return { module: "host", functions: { act } };
}

Deno.test("a promise of a host function that must answer at once is a fault of ours, and rejects nowhere", async () => {
  const unheard: unknown[] = [];
  const hear = (event: PromiseRejectionEvent) => {
    unheard.push(event.reason);
    event.preventDefault();
  };
  globalThis.addEventListener("unhandledrejection", hear);
  // TypeScript takes an async function for one that gives nothing.
  const host = hostOf(immediate([], [], async () => await Promise.resolve()));
  const program = await programOf(catching, host);
  const lease = leaseOf(new Pool(), program, { bindings: [bind(host, undefined)] });
  const outcome = await lease.run("act");
  lease.release();
  await new Promise((resolve) => setTimeout(resolve, 0));
  globalThis.removeEventListener("unhandledrejection", hear);
  assert.deepEqual(unheard, []);
  assert.equal(outcome.kind, "hostFault");
});

Deno.test("a guest that waits for a thenable which is no promise ends with its lease", async () => {
  const never = { then() {} };
  const host = hostOf(suspending([], [], () => never as unknown as Promise<void>));
  const program = await programOf(catching, host);
  const pool = new Pool();
  const lease = leaseOf(pool, program, { bindings: [bind(host, undefined)] });
  let ended = "";
  void lease.run("act").then(({ kind }) => ended = kind);
  lease.release();
  await settled();
  assert.equal(ended, "killed");
  assert.equal(pool.inUse, 0);
});

Deno.test("whatever a host function throws is its fault, and nothing that the guest can catch", async () => {
  const broken = (key: "stack" | "message", descriptor: PropertyDescriptor) =>
    Object.defineProperty(new RangeError("broken"), key, descriptor);
  const get = () => {
    throw new Error("even its stack is broken");
  };
  const thrown: readonly unknown[] = [
    broken("stack", { get }),
    // As `Error.prepareStackTrace` makes them in some libraries.
    broken("stack", { value: [] }),
    broken("message", { value: 42 }),
    new Proxy({}, { getPrototypeOf: get }),
  ];
  for (const error of thrown) {
    const fail = () => {
      throw error;
    };
    for (const act of [immediate([], [], fail), suspending([], [], () => Promise.reject(error))]) {
      const host = hostOf(act);
      const program = await programOf(catching, host);
      const lease = leaseOf(new Pool(), program, { bindings: [bind(host, undefined)] });
      const outcome = await lease.run("act");
      lease.release();
      assert.equal(outcome.kind, "hostFault");
    }
  }
});

Deno.test("a host function that asks for a turn twice does not make its guest wait for ever", async () => {
  const clock = new HandClock();
  const turns = new HandTurns();
  const host = hostOf(immediate([], [], (guest: Guest<void>) => {
    clock.pass(2 * sliceMs);
    // What it does on the side goes on after it has answered.
    void guest.turn()?.catch(() => {});
  }));
  const program = await programOf(
    `(module (import "host" "act" (func $act))
      (func (export "act") (call $act) (loop $again (br $again))))`,
    host,
  );
  const pool = new Pool({ clock, turn: turns.turn });
  const lease = leaseOf(pool, program, { bindings: [bind(host, undefined)] });
  let ended = "";
  void lease.run("act").then(({ kind }) => ended = kind);
  await settled();
  await turns.next();
  await turns.next();
  lease.release();
  await turns.all();
  assert.equal(ended, "killed");
  assert.equal(pool.inUse, 0);
});

Deno.test("a growth that is refused throws nobody's sandboxes away", async () => {
  const page = `(module (memory (export "memory") 1 1) (func (export "nothing")))`;
  const small = await programOf(page);
  const large = await programOf(`(module (memory 1000 1000) (func (export "nothing")))`);
  const greedy = await programOf(
    `(module (memory 1 4000) (func (export "grow") (result i32) (memory.grow (i32.const 1500))))`,
  );
  const pool = new Pool({ memory: Account.ofMemory(2000 * memoryPageBytes) });
  const other = leaseOf(pool, large);
  assert.equal(pool.warm(small, 50), 50);
  const lease = leaseOf(pool, greedy);
  // Not even all that is idle would make room for it.
  assert.deepEqual(await lease.run("grow"), { kind: "returned", values: [-1] });
  assert.equal(pool.idle, 50);
  lease.release();
  other.release();
});

Deno.test("a tenant that never had to wait has not lost its turn to one that comes later", async () => {
  const clock = new HandClock();
  const turns = new HandTurns();
  const scheduler = new Scheduler({ nowMs: () => clock.ms, turn: turns.turn });
  const runnerOf = (tenant: Tenant): Runner => ({
    beganIn: 0,
    tenant,
    cpuMs: 0,
    spent: (ms) => void (tenant.virtualMs += ms / tenant.weight),
  });
  const [busy, late] = ["busy", "late"].map((name) => new Tenant({ name }));
  assert.ok(busy !== undefined && late !== undefined);
  // A second of short requests, one after the other.
  for (let request = 0; request < 1000; request += 1) {
    const runner = runnerOf(busy);
    assert.equal(scheduler.enter(runner, clock.ms), undefined);
    scheduler.begin(runner, clock.ms);
    clock.pass(sliceMs);
    scheduler.leave(runner, clock.ms);
    await turns.all();
  }
  // Then somebody computes for long, and the next short request comes.
  const computing = runnerOf(late);
  void (async () => {
    for (;;) {
      await scheduler.wait(computing);
      scheduler.begin(computing, clock.ms);
      clock.pass(sliceMs);
      scheduler.leave(computing, clock.ms);
    }
  })();
  await turns.next();
  let turnsWaited = 0;
  let isServed = false;
  void scheduler.wait(runnerOf(busy)).then(() => isServed = true);
  for (; !isServed && turnsWaited < 500; turnsWaited += 1) await turns.next();
  assert.ok(turnsWaited <= 10, `it waited for ${turnsWaited} turns`);
});

Deno.test("what a reset takes is charged to the tenant whose guest it is for", async () => {
  const program = await programOf(
    `(module (memory (export "memory") 1)
      (func (export "write") (i32.store (i32.const 0) (i32.const 1))))`,
  );
  const clock = new HandClock();
  const turns = new HandTurns();
  // Each look at the clock takes a millisecond, so that whatever is measured takes time.
  const monotonicMs = () => clock.ms += 1;
  const pool = new Pool({ clock: Object.assign(clock, { monotonicMs }), turn: turns.turn });
  const tenant = new Tenant({ name: "one that writes" });
  const leases = Array.from({ length: 5 }, () => leaseOf(pool, program, { tenant }));
  for (const lease of leases) {
    const outcome = lease.run("write");
    await turns.all();
    assert.equal((await outcome).kind, "returned");
  }
  const before = tenant.virtualMs;
  for (const lease of leases) lease.release();
  await turns.all();
  assert.equal(pool.idle, 5);
  assert.ok(tenant.virtualMs > before, "nobody pays for the resets");
});

Deno.test("a lease that is started again does not lose the steps of its first start", async () => {
  const numbers = new Channel<number, number>("numbers");
  const host: HostInterface<void> = {
    module: "host",
    functions: { ask: suspending([], ["i32"], (guest: Guest<void>) => guest.yield(numbers, 1)) },
  };
  const program = await programOf(
    `(module (import "host" "ask" (func $ask (result i32)))
      (func (export "twice") (drop (call $ask)) (drop (call $ask))))`,
    host,
  );
  const lease = leaseOf(new Pool(), program, { bindings: [bind(host, undefined)] });
  const first = await lease.start("twice");
  assert.ok(first.kind === "yielded");
  await assert.rejects(lease.start("twice"));
  let second = "";
  const resumed = first.on(numbers)?.resume(1).then(({ kind }) => second = kind);
  await resumed;
  lease.release();
  assert.equal(second, "yielded");
});

Deno.test("a guest pays for its time although its host function begins another guest", async () => {
  const clock = new HandClock();
  const turns = new HandTurns();
  const pool = new Pool({ clock, turn: turns.turn });
  const inner = await programOf(`(module (func (export "nothing")))`);
  const innerTenant = new Tenant({ name: "inner" });
  const host = hostOf(immediate([], [], () => {
    clock.pass(sliceMs / 2);
    const lease = leaseOf(pool, inner, { tenant: innerTenant });
    void lease.run("nothing").then(() => lease.release());
  }));
  const program = await programOf(catching, host);
  const lease = leaseOf(pool, program, { bindings: [bind(host, undefined)] });
  const outcome = lease.run("act");
  await turns.all();
  assert.equal((await outcome).kind, "returned");
  assert.equal(lease.usage.cpuMs, sliceMs / 2);
  lease.release();
});

Deno.test("a guest does not pay for what its host function waits for, although that took turns before", async () => {
  const clock = new HandClock();
  const turns = new HandTurns();
  let answer = () => {};
  const host = hostOf(suspending([], [], async (guest: Guest<void>) => {
    clock.pass(2 * sliceMs);
    await guest.turn();
    await new Promise<void>((resolve) => answer = resolve);
  }));
  const program = await programOf(catching, host);
  const pool = new Pool({ clock, turn: turns.turn });
  const lease = leaseOf(pool, program, { bindings: [bind(host, undefined)], cpuMsMax: 1000 });
  const outcome = lease.run("act");
  await turns.all();
  clock.pass(60_000);
  answer();
  await turns.all();
  assert.equal((await outcome).kind, "returned");
  assert.equal(lease.usage.cpuMs, 2 * sliceMs);
  lease.release();
});

/** The mappings of this process, as Linux counts them against `vm.max_map_count`. */
const mappingsNow = () => Deno.readTextFileSync("/proc/self/maps").split("\n").length;
const onLinux = { ignore: Deno.build.os !== "linux" };

/** How many mappings so many kept instances take, and how many are counted. */
async function mappingsOf(
  memories: number,
  count: number,
): Promise<[counted: number, real: number]> {
  const program = await programOf(
    `(module ${"(memory 1 10)".repeat(memories)} (func (export "nothing")))`,
  );
  const mappings = new Account(60_000);
  const pool = new Pool({ mappings });
  const before = mappingsNow();
  assert.equal(pool.warm(program, count), count);
  return [mappings.used, mappingsNow() - before];
}

Deno.test("no more mappings are in use than are counted", onLinux, async () => {
  for (const memories of [1, 2, 8]) {
    const [counted, real] = await mappingsOf(memories, 300);
    assert.ok(real <= counted, `${memories} memories: ${counted} are counted, ${real} in use`);
  }
});

Deno.test(
  "mappings of an instance that is thrown away count until the engine has unmapped them",
  onLinux,
  async () => {
    let lease: Lease | undefined;
    const host = hostOf(suspending([], [], () => {
      lease?.release();
      return new Promise<void>(() => {});
    }));
    const program = await programOf(
      `(module (import "host" "act" (func $act)) (memory 1 10) (func (export "act") (call $act)))`,
      host,
    );
    const mappings = new Account(60_000);
    const pool = new Pool({ mappings });
    const before = mappingsNow();
    for (let round = 0; round < 1000; round += 1) {
      lease = leaseOf(pool, program, { bindings: [bind(host, undefined)] });
      assert.equal((await lease.run("act")).kind, "killed");
    }
    const real = mappingsNow() - before;
    // Engine and runtime may have taken a few of their own.
    assert.ok(real <= mappings.used + 100, `${mappings.used} are counted, ${real} in use`);
  },
);
