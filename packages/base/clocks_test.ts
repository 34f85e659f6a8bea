import assert from "node:assert/strict";
import { clockFor, type ClockPolicy, formatClockPolicy, parseClockPolicy } from "./clocks.ts";
import type { Clock } from "./ports.ts";

const ms = 1_000_000n;

/** A clock that moves when it is told to, or slept on. */
class HandClock implements Clock {
  nowNs = 5_000_000_123_456_789n;
  readonly resolutionNs = 10n;
  readonly sleeps: number[] = [];
  wallNs = () => this.nowNs;
  monotonicNs = () => this.nowNs - 5_000_000_000_000_000n;

  sleep(forMs: number, signal: AbortSignal): Promise<void> {
    this.sleeps.push(forMs);
    if (!signal.aborted) this.nowNs += BigInt(forMs) * ms;
    return Promise.resolve();
  }
}

const never = new AbortController().signal;

function shown(policy: ClockPolicy) {
  const machine = new HandClock();
  return { machine, clock: clockFor(policy, machine) };
}

Deno.test("the real clock is the machine's own", () => {
  const { machine, clock } = shown({ kind: "real" });
  assert.equal(clock, machine);
});

Deno.test("a coarse clock shows multiples of its step, says so, and never goes back", () => {
  const { machine, clock } = shown({ kind: "coarse", stepMs: 10 });
  assert.equal(clock.resolutionNs, 10n * ms);
  let before = clock.monotonicNs();
  for (let look = 0; look < 100; look += 1) {
    machine.nowNs += 777_777n;
    for (const ns of [clock.wallNs(), clock.monotonicNs()]) assert.equal(ns % (10n * ms), 0n);
    const [now, real] = [clock.monotonicNs(), machine.monotonicNs()];
    assert.ok(now >= before && now <= real && real - now < 10n * ms);
    before = now;
  }
  assert.equal(shown({ kind: "coarse", stepMs: 3e-6 }).clock.resolutionNs, 10n);
});

Deno.test("a sleep on a coarse clock is over when the clock shows it, at the beginning of a step", async () => {
  const { machine, clock } = shown({ kind: "coarse", stepMs: 10 });
  for (const forMs of [1, 10, 11, 25]) {
    const start = clock.monotonicNs();
    await clock.sleep(forMs, never);
    const passed = clock.monotonicNs() - start;
    assert.ok(passed >= BigInt(forMs) * ms && passed < BigInt(forMs + 10) * ms, String(passed));
    assert.ok(machine.monotonicNs() % (10n * ms) < ms);
  }
  assert.equal(machine.sleeps.length, 4, "one timer each");
  const before = machine.nowNs;
  await clock.sleep(0, never);
  assert.equal(machine.nowNs, before);
});

Deno.test("a frozen clock moves by the guest's sleeps alone, and not by one that is let go", async () => {
  const { machine, clock } = shown({ kind: "frozen" });
  const [wall, monotonic] = [clock.wallNs(), clock.monotonicNs()];
  assert.equal(wall, machine.nowNs);
  machine.nowNs += 99n * ms;
  assert.deepEqual([clock.wallNs(), clock.monotonicNs()], [wall, monotonic]);
  await clock.sleep(7, never);
  assert.deepEqual([clock.wallNs() - wall, clock.monotonicNs() - monotonic], [7n * ms, 7n * ms]);
  assert.deepEqual(machine.sleeps, [7], "which take their time");
  await clock.sleep(7, AbortSignal.abort());
  assert.equal(clock.wallNs() - wall, 7n * ms);
});

Deno.test("a fixed clock shows the same each time, and its sleeps take none", async () => {
  const look = async () => {
    const { machine, clock } = shown({ kind: "fixed", startMs: 1_000 });
    const seen = [clock.wallNs(), clock.monotonicNs(), clock.wallNs()];
    machine.nowNs += 5n * ms;
    await clock.sleep(60_000, never);
    assert.deepEqual(machine.sleeps, [0], "others have their turn");
    await clock.sleep(60_000, AbortSignal.abort());
    return [...seen, clock.wallNs(), clock.resolutionNs].map(String);
  };
  const first = await look();
  assert.deepEqual(first, await look());
  assert.deepEqual(first, ["1000001000", "2000", "1000003000", "61000004000", "1000"]);
});

Deno.test("a policy is read as it is written, or not at all", () => {
  const start = Date.UTC(2000, 0, 1);
  const known: [string, ClockPolicy][] = [
    ["real", { kind: "real" }],
    ["coarse", { kind: "coarse", stepMs: 1 }],
    ["coarse:0.1ms", { kind: "coarse", stepMs: 0.1 }],
    ["coarse:2s", { kind: "coarse", stepMs: 2_000 }],
    ["frozen", { kind: "frozen" }],
    ["fixed", { kind: "fixed", startMs: start }],
    ["fixed:1970-01-01T00:00:00Z", { kind: "fixed", startMs: 0 }],
    ["fixed:2000-01-01T01:00:00.500+01:00", { kind: "fixed", startMs: start + 500 }],
  ];
  for (const [text, policy] of known) assert.deepEqual(parseClockPolicy(text), policy, text);
  const unknown = [
    "",
    "Real",
    "real:",
    "frozen:1ms",
    "coarse:",
    "coarse:1",
    "coarse:0ms",
    "fixed:",
  ];
  const times = ["fixed:2000", "fixed:1969-12-31T23:59:59Z", "fixed:2000-13-01T00:00:00Z"];
  for (const text of [...unknown, ...times]) assert.equal(parseClockPolicy(text), undefined, text);
});

Deno.test("a policy's text is read as the same policy", () => {
  const texts = [
    "real",
    "frozen",
    "coarse:1ms",
    "coarse:0.000001ms",
    "coarse:10ms",
    "coarse:2h",
    "fixed",
  ];
  for (const text of [...texts, "fixed:1999-12-31T23:59:59.250+01:00"]) {
    const policy = parseClockPolicy(text);
    assert.ok(policy !== undefined);
    assert.deepEqual(parseClockPolicy(formatClockPolicy(policy)), policy, text);
  }
});
