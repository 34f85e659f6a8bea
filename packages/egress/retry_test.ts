import assert from "node:assert/strict";
import { seededRandom } from "@skerry/base";
import type { BackendFailureKind } from "./failure.ts";
import { type FailedAttempt, mayRetry, RetryBudget, retryWaitMs } from "./retry.ts";

function check(expected: boolean, kind: BackendFailureKind, more: Partial<FailedAttempt> = {}) {
  const failure = { kind, detail: "" };
  const usual = { method: "GET", wasStarted: true, wasBodyRead: false, wasInformed: false };
  assert.equal(
    mayRetry({ ...usual, failure, ...more }),
    expected,
    `${kind} ${JSON.stringify(more)}`,
  );
}

Deno.test("what is idempotent is tried again where a connection failed, and nothing else that has left", () => {
  for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "QUERY"]) {
    check(true, "reset", { method });
  }
  for (const method of ["POST", "PATCH", "get", "LOCK", "X"]) {
    check(false, "reset", { method });
    check(true, "connect", { method, wasStarted: false });
  }
});

Deno.test("nothing is tried again of which something is gone, or that the next try would not change", () => {
  check(false, "reset", { wasBodyRead: true });
  check(false, "connect", { wasBodyRead: true, wasStarted: false });
  check(false, "reset", { wasInformed: true });
  for (
    const kind of [
      "refused",
      "dns",
      "tls",
      "first byte timeout",
      "total timeout",
      "protocol",
      "too large",
      "request",
      "cancelled",
      "closed",
    ] as const
  ) {
    check(false, kind);
  }
});

Deno.test("the wait before a try is anything up to a bound that doubles", () => {
  const limits = { retryWaitMs: 10, retryWaitMsMax: 50 };
  const random = seededRandom(7n);
  for (const [number, most] of [[1, 10], [2, 20], [3, 40], [4, 50], [9, 50]] as const) {
    const waits = Array.from({ length: 200 }, () => retryWaitMs(number, limits, random));
    assert.ok(waits.every((ms) => ms >= 0 && ms < most));
    assert.ok(Math.max(...waits) > most * 0.9 && Math.min(...waits) < most * 0.1);
  }
});

Deno.test("tries are saved up by requests, to a bound", () => {
  const budget = new RetryBudget(2, 0.5);
  assert.deepEqual([budget.take(), budget.take(), budget.take()], [true, true, false]);
  budget.earn();
  assert.equal(budget.take(), false);
  budget.earn();
  assert.equal(budget.take(), true);
  for (let request = 0; request < 100; request += 1) budget.earn();
  assert.deepEqual([budget.take(), budget.take(), budget.take()], [true, true, false]);
});
