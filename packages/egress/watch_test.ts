import assert from "node:assert/strict";
import type { Clock } from "@skerry/base";
import { type TimeoutKind, Watches } from "./watch.ts";

/** A clock that moves when it is told to, and wakes who has slept long enough. */
class HandClock implements Clock {
  #nowMs = 0;
  readonly resolutionNs = 1n;
  readonly #sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();
  wallNs = () => this.monotonicNs();
  monotonicNs = () => BigInt(this.#nowMs * 1e6);
  monotonicMs = () => this.#nowMs;

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { atMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        resolve();
      });
    });
  }

  get sleepers(): number {
    return this.#sleepers.size;
  }

  async pass(ms: number): Promise<void> {
    await turn();
    this.#nowMs += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.atMs > this.#nowMs) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    await turn();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function watched(totalMs: number) {
  const clock = new HandClock();
  const passed: TimeoutKind[] = [];
  const watch = new Watches(clock).begin(totalMs, (kind) => passed.push(kind));
  return { clock, passed, watch };
}

Deno.test("what was allowed last counts, whether it ends earlier or later than what was before", async () => {
  const { clock, passed, watch } = watched(10_000);
  watch.allow("connect timeout", 100);
  await clock.pass(99);
  watch.allow("first byte timeout", 1_000);
  await clock.pass(500);
  assert.deepEqual(passed, []);
  watch.allow("between bytes timeout", 10);
  await clock.pass(9);
  assert.deepEqual(passed, []);
  await clock.pass(10);
  await clock.pass(1_000);
  assert.deepEqual(passed, ["between bytes timeout"], "once");
});

Deno.test("the whole has its end too, however often its parts begin anew", async () => {
  const { clock, passed, watch } = watched(1_000);
  for (let step = 0; step < 9; step += 1) {
    watch.allow("between bytes timeout", 200);
    await clock.pass(100);
  }
  watch.allow("total timeout", Infinity);
  await clock.pass(99);
  assert.deepEqual(passed, []);
  await clock.pass(10);
  assert.deepEqual(passed, ["total timeout"]);
});

Deno.test("one that was ended tells nothing, and leaves no timer", async () => {
  const { clock, passed, watch } = watched(1_000);
  watch.allow("connect timeout", 100);
  await clock.pass(50);
  watch.end();
  await clock.pass(5_000);
  await clock.pass(5_000);
  assert.deepEqual(passed, []);
  assert.equal(clock.sleepers, 0);
});
