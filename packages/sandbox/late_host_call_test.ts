/** Host functions that come back when their lease is over, in every way that they can. */

import assert from "node:assert/strict";
import {
  bind,
  type Guest,
  type GuestMemory,
  GuestMemoryFault,
  type HostInterface,
  immediate,
  type Lease,
  type LeaseOptions,
  Pool,
  type Program,
  suspending,
} from "./mod.ts";
import { programOf } from "./testing/compile_text.ts";
import { HandClock, HandTurns, settled } from "./testing/hand_clock.ts";

interface State {
  guest?: Guest<State>;
  memory?: GuestMemory;
  /** Settles what the guest waits for. */
  answer?: (value: number) => void;
  fail?: (error: Error) => void;
  /** What a host function found when it went on. */
  found?: unknown;
  onAbort?: () => void;
}

const host: HostInterface<State> = {
  module: "host",
  functions: {
    keep: immediate([], [], (guest) => {
      guest.state.guest = guest;
      guest.state.memory = guest.memory;
    }),
    wait: suspending([], ["i32"], async (guest) => {
      const { state } = guest;
      state.guest = guest;
      state.memory = guest.memory;
      guest.signal.addEventListener("abort", () => state.onAbort?.(), { once: true });
      const value = await new Promise<number>((resolve, reject) => {
        state.answer = resolve;
        state.fail = reject;
      });
      try {
        guest.memory.writeU32(0, 0xbad);
      } catch (error) {
        state.found = error;
      }
      return value;
    }),
  },
};

const program = await programOf(
  `(module (import "host" "keep" (func $keep)) (import "host" "wait" (func $wait (result i32)))
    (memory (export "memory") 1)
    (func (export "keep") (call $keep))
    (func (export "wait") (result i32) (call $wait))
    (func (export "read") (result i32) (i32.load (i32.const 0)))
    (func (export "read after a wait") (result i32)
      (drop (call $wait)) (i32.load (i32.const 8))))`,
  host,
);

interface Bench {
  readonly pool: Pool;
  readonly turns: HandTurns;
  lease(state?: State, options?: Partial<LeaseOptions>): Lease;
}

function bench(of: Program = program): Bench {
  const turns = new HandTurns();
  // Where time stood not still, a busy machine would now and then end a turn between two leases.
  const pool = new Pool({ turn: turns.turn, clock: new HandClock() });
  return {
    pool,
    turns,
    lease: (state = {}, options = {}) => {
      const lease = pool.leaseNow(of, { bindings: [bind(host, state)], ...options });
      assert.ok(typeof lease === "object");
      return lease;
    },
  };
}

const writes: ((memory: GuestMemory) => unknown)[] = [
  (memory) => memory.write(0, Uint8Array.of(1)),
  (memory) => memory.writeWith(0, 1, (bytes) => bytes.fill(1)),
  (memory) => memory.writeU8(0, 1),
  (memory) => memory.writeU16(0, 1),
  (memory) => memory.writeU32(0, 1),
  (memory) => memory.writeU64(0, 1n),
  (memory) => memory.readU8(0),
  (memory) => memory.readU64(0),
  (memory) => memory.view(0, 1),
  (memory) => memory.copy(0, 1),
  (memory) => memory.check(0, 1),
  (memory) => memory.byteLength,
];

Deno.test("INV-3: what a host function has kept of a guest reaches nothing once the lease is over, though another one has the instance", async () => {
  const { pool, lease, turns } = bench();
  const state: State = {};
  const first = lease(state);
  assert.equal((await first.run("keep")).kind, "returned");
  const { guest, memory } = state;
  assert.ok(guest !== undefined && memory !== undefined);
  const tryAll = () => {
    for (const write of writes) {
      assert.throws(() => write(memory), GuestMemoryFault, `${write}`);
      assert.throws(() => write(guest.memory), GuestMemoryFault, `${write}`);
    }
  };
  // Over, and not given back yet; on the shelf; and another's.
  tryAll();
  first.release();
  await turns.all();
  assert.equal(pool.idle, 1);
  tryAll();
  const second = lease();
  assert.equal(pool.idle, 0);
  tryAll();
  assert.equal(guest.signal.aborted, true);
  assert.throws(() => guest.exit(1));
  assert.deepEqual(await second.run("read"), { kind: "returned", values: [0] });
  second.release();
});

Deno.test("INV-3: an instance whose host function has not come back is used no more, and the function finds no memory", async () => {
  for (const how of ["answer", "fail"] as const) {
    const { pool, lease, turns } = bench();
    const state: State = {};
    const first = lease(state);
    const running = first.run("wait");
    first.kill("enough");
    assert.equal((await running).kind, "killed");
    first.release();
    await turns.all();
    assert.equal(pool.idle, 0, "it was kept");
    const second = lease();
    if (how === "answer") state.answer?.(7);
    else state.fail?.(new Error("too late"));
    await settled();
    if (how === "answer") assert.ok(state.found instanceof GuestMemoryFault);
    assert.deepEqual(await second.run("read"), { kind: "returned", values: [0] });
    second.release();
  }
});

Deno.test("INV-3: a host function that comes back while its lease's end is on its way changes nothing", async () => {
  const { pool, lease, turns } = bench();
  const state: State = {};
  const first = lease(state);
  const running = first.run("wait");
  first.kill("enough");
  state.answer?.(7);
  assert.equal((await running).kind, "killed");
  first.release();
  await turns.all();
  assert.equal(pool.inUse, 0);
  const second = lease();
  assert.deepEqual(await second.run("read"), { kind: "returned", values: [0] });
  second.release();
});

Deno.test("INV-3: a lease that is given back by whoever hears of its end is reset like any other", async () => {
  for (const end of ["kill", "answer"] as const) {
    const { pool, lease, turns } = bench();
    const state: State = {};
    const first = lease(state);
    const running = first.run("wait");
    state.onAbort = () => first.release();
    state.memory?.writeU32(0, 0xbad);
    if (end === "kill") first.kill("enough");
    else state.answer?.(7);
    await running;
    await turns.all();
    assert.equal(pool.inUse, 0, end);
    const second = lease();
    assert.deepEqual(await second.run("read"), { kind: "returned", values: [0] }, end);
    second.release();
  }
});

Deno.test("INV-3: a guest that goes on after a wait finds its own memory, whoever had a turn meanwhile", async () => {
  const { lease, turns } = bench();
  const [one, two]: [State, State] = [{}, {}];
  const leases = [lease(one), lease(two)] as const;
  const runs = leases.map((each) => each.run("read after a wait"));
  one.memory?.writeU32(8, 11);
  two.memory?.writeU32(8, 22);
  one.answer?.(0);
  two.answer?.(0);
  await turns.all();
  assert.deepEqual(await Promise.all(runs), [
    { kind: "returned", values: [11] },
    { kind: "returned", values: [22] },
  ]);
  for (const each of leases) each.release();
});

Deno.test("a lease that is over by a late answer has used what it had used at its end", async () => {
  const { lease } = bench();
  const state: State = {};
  const first = lease(state);
  const running = first.run("wait");
  first.kill("enough");
  await running;
  const before = first.usage;
  state.answer?.(1);
  await settled();
  assert.deepEqual(first.usage, before);
  first.release();
});
