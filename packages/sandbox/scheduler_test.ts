import assert from "node:assert/strict";
import { type Runner, Scheduler, sliceMs, turnMs } from "./scheduler.ts";
import { Tenant } from "./tenant.ts";
import { HandClock, HandTurns, settled } from "./testing/hand_clock.ts";

/** A guest that computes: each slice takes as long as it says. */
class Computing implements Runner {
  beganIn = 0;
  readonly tenant: Tenant;
  cpuMs = 0;
  slices = 0;

  constructor(tenant: Tenant, cpuMs = 0) {
    this.tenant = tenant;
    this.cpuMs = cpuMs;
  }

  spent(ms: number): void {
    this.cpuMs += ms;
    this.tenant.virtualMs += ms / this.tenant.weight;
  }
}

class Thread {
  readonly clock = new HandClock();
  readonly turns = new HandTurns();
  readonly scheduler = new Scheduler({ nowMs: () => this.clock.ms, turn: this.turns.turn });
  /** Who had the thread, in order. */
  readonly order: Computing[] = [];

  /** A guest that computes for ever, or so many slices. */
  async compute(runner: Computing, slices = Infinity): Promise<void> {
    const { scheduler, clock } = this;
    const turn = scheduler.enter(runner, clock.ms);
    if (turn !== undefined) await turn;
    for (let slice = 0; slice < slices; slice += 1) {
      scheduler.begin(runner, clock.ms);
      runner.slices += 1;
      this.order.push(runner);
      clock.pass(sliceMs);
      scheduler.leave(runner, clock.ms);
      if (slice + 1 < slices) await scheduler.wait(runner);
    }
  }

  async run(turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) await this.turns.next();
  }
}

Deno.test("a guest that is alone runs at once, and so does the next one while the turn is young", () => {
  const { scheduler, clock } = new Thread();
  const [one, two, three] = [1, 2, 3].map(() => new Computing(new Tenant({ name: "a" })));
  assert.ok(one !== undefined && two !== undefined && three !== undefined);
  assert.equal(scheduler.enter(one, clock.ms), undefined);
  scheduler.begin(one, clock.ms);
  clock.pass(sliceMs / 2);
  scheduler.leave(one, clock.ms);
  assert.equal(scheduler.enter(two, clock.ms), undefined);
  scheduler.begin(two, clock.ms);
  clock.pass(turnMs - sliceMs / 2);
  scheduler.leave(two, clock.ms);
  assert.ok(scheduler.enter(three, clock.ms) instanceof Promise);
  assert.equal(scheduler.waiting, 1);
});

Deno.test("tenants have the thread by their weights", async () => {
  const thread = new Thread();
  const weights = [1, 2, 5];
  const guests = weights.map((weight) =>
    new Computing(new Tenant({ name: `weight ${weight}`, weight }))
  );
  for (const guest of guests) void thread.compute(guest);
  await thread.run(800);
  const total = guests.reduce((sum, { slices }) => sum + slices, 0);
  guests.forEach(({ slices, tenant }) => {
    const share = slices / total;
    assert.ok(Math.abs(share - tenant.weight / 8) < 0.01, `${tenant.name} had ${share}`);
  });
});

Deno.test("a tenant with many guests has no more of the thread than one with a single guest", async () => {
  const thread = new Thread();
  const many = new Tenant({ name: "many" });
  const single = new Computing(new Tenant({ name: "one" }));
  for (let guest = 0; guest < 20; guest += 1) void thread.compute(new Computing(many));
  void thread.compute(single);
  await thread.run(400);
  assert.ok(Math.abs(single.slices - 200) <= 2, `${single.slices} of 400`);
});

Deno.test("a tenant that slept is not ahead of those that worked meanwhile by all that time", async () => {
  const thread = new Thread();
  const busy = new Computing(new Tenant({ name: "busy" }));
  void thread.compute(busy);
  await thread.run(500);
  const late = new Computing(new Tenant({ name: "late" }));
  void thread.compute(late);
  const before = busy.slices;
  await thread.run(100);
  assert.ok(busy.slices - before >= 48, `${busy.slices - before} of 100`);
  assert.ok(late.slices >= 48, `${late.slices} of 100`);
});

Deno.test("of a tenant's guests the new and short ones come first", async () => {
  const thread = new Thread();
  const tenant = new Tenant({ name: "a" });
  const old = Array.from({ length: 5 }, () => new Computing(tenant, 500));
  for (const guest of old) void thread.compute(guest);
  await settled();
  thread.order.length = 0;
  const fresh = new Computing(tenant);
  const done = thread.compute(fresh, 1);
  await thread.run(1);
  assert.equal(thread.order[0], fresh);
  await done;
});

Deno.test("a guest that has run for long gets a slice now and then, however many new ones come", async () => {
  const thread = new Thread();
  const tenant = new Tenant({ name: "a" });
  const old = new Computing(tenant, 5000);
  void thread.compute(old);
  let ended = 0;
  for (let turn = 0; turn < 160; turn += 1) {
    for (let fresh = 0; fresh < 3; fresh += 1) {
      void thread.compute(new Computing(tenant), 1).then(() => ended += 1);
    }
    await thread.run(1);
  }
  assert.ok(old.slices >= 160 / 8 - 1, `${old.slices} slices`);
  assert.ok(ended > 100);
});

Deno.test("a guest that is cancelled goes on at once, and nobody waits for it any more", async () => {
  const thread = new Thread();
  const { scheduler, clock } = thread;
  const tenant = new Tenant({ name: "a" });
  const [running, waiting] = [new Computing(tenant), new Computing(tenant)];
  void thread.compute(running);
  let woken = false;
  void scheduler.wait(waiting).then(() => woken = true);
  assert.equal(scheduler.waiting, 2);
  scheduler.cancel(waiting);
  scheduler.cancel(waiting);
  await settled();
  assert.deepEqual([woken, scheduler.waiting], [true, 1]);
  scheduler.cancel(running);
  scheduler.leave(waiting, clock.ms);
  await settled();
});

Deno.test("the thread is given on in the same turn where a guest leaves it early", async () => {
  const thread = new Thread();
  const { scheduler, clock } = thread;
  const tenant = new Tenant({ name: "a" });
  const order: number[] = [];
  for (let guest = 0; guest < 4; guest += 1) {
    const runner = new Computing(tenant);
    void scheduler.wait(runner).then(() => {
      scheduler.begin(runner, clock.ms);
      order.push(guest);
      clock.pass(sliceMs / 4);
      scheduler.leave(runner, clock.ms);
    });
  }
  await thread.run(1);
  assert.deepEqual(order, [0, 1, 2, 3]);
});

Deno.test("a turn is asked for only while somebody waits", async () => {
  const thread = new Thread();
  await thread.compute(new Computing(new Tenant({ name: "a" })), 1);
  await thread.turns.all();
  assert.deepEqual([thread.turns.planned, thread.scheduler.waiting], [0, 0]);
});

Deno.test("time is charged to whoever comes to the host, since anyone did, and to its tenant by weight", () => {
  const { scheduler, clock } = new Thread();
  const one = new Computing(new Tenant({ name: "a", weight: 4 }));
  const two = new Computing(new Tenant({ name: "b" }));
  scheduler.begin(one, clock.ms);
  clock.pass(3);
  scheduler.charge(one, clock.ms);
  clock.pass(2);
  scheduler.leave(two, clock.ms);
  // Nobody ran meanwhile.
  clock.pass(100);
  scheduler.begin(one, clock.ms);
  clock.pass(1);
  scheduler.leave(one, clock.ms);
  assert.deepEqual([one.cpuMs, two.cpuMs], [4, 2]);
  assert.deepEqual([one.tenant.virtualMs, two.tenant.virtualMs], [1, 2]);
});

Deno.test("a guest that waits again and again has one slice of a turn, however often it goes on", () => {
  const { scheduler, clock } = new Thread();
  const runner = new Computing(new Tenant({ name: "a" }));
  assert.equal(scheduler.enter(runner, clock.ms), undefined);
  for (let wait = 0; wait < 4; wait += 1) {
    scheduler.begin(runner, clock.ms);
    assert.equal(scheduler.turnOver(clock.ms), false);
    clock.pass(sliceMs / 4);
    scheduler.leave(runner, clock.ms);
  }
  scheduler.begin(runner, clock.ms);
  assert.equal(scheduler.turnOver(clock.ms), true);
});

Deno.test("each guest that comes has a slice, and all of them have one turn", async () => {
  const { scheduler, clock, turns } = new Thread();
  const runner = new Computing(new Tenant({ name: "a" }));
  const guest = (ms: number) => {
    assert.equal(scheduler.enter(runner, clock.ms), undefined);
    scheduler.begin(runner, clock.ms);
    clock.pass(ms / 2);
    assert.equal(scheduler.turnOver(clock.ms), false);
    clock.pass(ms / 2);
    const isOver = scheduler.turnOver(clock.ms);
    scheduler.leave(runner, clock.ms);
    return isOver;
  };
  assert.equal(guest(sliceMs / 2), false);
  assert.equal(guest(sliceMs), true);
  for (let ms = 1.5 * sliceMs; ms < turnMs - sliceMs / 2; ms += sliceMs / 2) {
    assert.equal(guest(sliceMs / 2), false);
  }
  assert.equal(guest(sliceMs / 2), true);
  assert.ok(scheduler.enter(runner, clock.ms) instanceof Promise);
  await turns.all();
  assert.equal(guest(sliceMs / 2), false);
});
