import assert from "node:assert/strict";
import { systemClock } from "./clock.ts";

Deno.test("the wall clock tells the time, in nanoseconds since 1970", () => {
  const before = BigInt(Date.now()) * 1_000_000n;
  const now = systemClock.wallNs();
  const after = BigInt(Date.now()) * 1_000_000n;
  assert.ok(before <= now && now <= after);
});

Deno.test("the monotonic clock never goes back, and goes on", async () => {
  const start = systemClock.monotonicNs();
  let before = start;
  for (let reads = 0; reads < 10_000; reads++) {
    const now = systemClock.monotonicNs();
    assert.ok(now >= before);
    before = now;
  }
  await systemClock.sleep(5, new AbortController().signal);
  assert.ok(systemClock.monotonicNs() > start);
});

Deno.test("the monotonic clock tells the same time as a bigint, as a number and in milliseconds", () => {
  const { monotonicWholeNs = Number, monotonicMs = Number } = systemClock;
  const times = [
    () => Number(systemClock.monotonicNs()),
    monotonicWholeNs,
    () => monotonicMs() * 1e6,
    monotonicWholeNs,
  ].map((look) => look());
  assert.ok(times.every((time, index) => time >= (times[index - 1] ?? 0) - 1), `${times}`);
  assert.ok(Number.isInteger(times[1]));
});

Deno.test("the monotonic clock does not tell for how long the machine has been running", () => {
  const sinceStartMs = performance.now();
  const nowMs = Number(systemClock.monotonicNs()) / 1e6;
  assert.ok(nowMs <= sinceStartMs + 10_000, `${nowMs} ms after ${sinceStartMs} ms of this process`);
});

Deno.test("a sleep ends when it is told to, also before it has begun", async () => {
  const control = new AbortController();
  const sleeps = [1e9, 1e12, Infinity].map((ms) => systemClock.sleep(ms, control.signal));
  control.abort();
  await Promise.all(sleeps);
  await systemClock.sleep(1e9, control.signal);
});

Deno.test("a sleep that is longer than a timer can be does not end at once", async () => {
  const control = new AbortController();
  let over = false;
  const long = systemClock.sleep(2 ** 40, control.signal).then(() => over = true);
  await systemClock.sleep(20, new AbortController().signal);
  assert.equal(over, false);
  control.abort();
  await long;
});
