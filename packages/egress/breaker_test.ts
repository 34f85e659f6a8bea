import assert from "node:assert/strict";
import fc from "fast-check";
import { admit, type Breaker, type BreakerOutcome, closedBreaker, record } from "./breaker.ts";

const limits = {
  breakerFailures: 3,
  breakerSpanMs: 0,
  breakerOpenMs: 100,
  breakerOpenMsMax: 350,
};

/** A breaker that is told outcomes, one after another, at some moment. */
function after(outcomes: readonly BreakerOutcome[], nowMs = 0, from = closedBreaker): Breaker {
  return outcomes.reduce((breaker, outcome) => record(breaker, outcome, nowMs, limits), from);
}

Deno.test("a circuit opens after failures in a row, and not by others", () => {
  assert.equal(after(["bad", "bad"]).kind, "closed");
  assert.equal(after(["bad", "bad", "good", "bad", "bad"]).kind, "closed");
  assert.equal(after(["bad", "unknown", "bad", "unknown"]).kind, "closed");
  assert.deepEqual(after(["bad", "bad", "bad"], 5), { kind: "open", untilMs: 105, openMs: 100 });
});

Deno.test("failures that come together are one, however many they are", () => {
  const slow = { ...limits, breakerSpanMs: 50 };
  const at = (breaker: Breaker, outcome: BreakerOutcome, nowMs: number) =>
    record(breaker, outcome, nowMs, slow);
  const burst = Array.from({ length: 20 }, (_, index) => 1000 + index)
    .reduce((breaker, nowMs) => at(breaker, "bad", nowMs), closedBreaker);
  assert.equal(burst.kind, "closed");
  assert.equal(at(burst, "bad", 1049).kind, "closed");
  assert.equal(at(burst, "bad", 1050).kind, "open");
  // What is good meanwhile begins it anew.
  assert.equal(at(at(at(burst, "good", 1040), "bad", 1041), "bad", 1060).kind, "closed");
});

Deno.test("an open circuit lets nothing pass until its time, and then one request", () => {
  const open = after(["bad", "bad", "bad"]);
  assert.equal(admit(open, 99).isAdmitted, false);
  const trial = admit(open, 100);
  const half: Breaker = { kind: "half-open", untilMs: 200, openMs: 100 };
  assert.deepEqual(trial, { breaker: half, isAdmitted: true });
  assert.equal(admit(trial.breaker, 199).isAdmitted, false);
});

Deno.test("a trial that takes its time does not keep others from theirs", () => {
  const half: Breaker = { kind: "half-open", untilMs: 200, openMs: 100 };
  const next = admit(half, 200);
  assert.deepEqual(next, { breaker: { ...half, untilMs: 300 }, isAdmitted: true });
  assert.equal(admit(next.breaker, 200).isAdmitted, false);
});

Deno.test("a trial closes the circuit, or opens it for twice as long, to a bound", () => {
  const half: Breaker = { kind: "half-open", untilMs: 100, openMs: 100 };
  assert.deepEqual(after(["good"], 0, half), closedBreaker);
  const again = after(["bad"], 10, half);
  assert.deepEqual(again, { kind: "open", untilMs: 210, openMs: 200 });
  const third = after(["bad"], 210, admit(again, 210).breaker);
  assert.deepEqual(third, { kind: "open", untilMs: 560, openMs: 350 });
  assert.equal(admit(after(["unknown"], 10, half), 10).isAdmitted, true, "nothing was learnt");
});

Deno.test("whatever happens, a circuit lets requests pass again within its longest time", () => {
  const step = fc.record({
    outcome: fc.constantFrom<BreakerOutcome>("good", "bad", "unknown"),
    laterMs: fc.nat(200),
  });
  fc.assert(fc.property(fc.array(step), (steps) => {
    let [breaker, nowMs]: [Breaker, number] = [closedBreaker, 0];
    for (const { outcome, laterMs } of steps) {
      nowMs += laterMs;
      const admission = admit(breaker, nowMs);
      breaker = admission.breaker;
      if (admission.isAdmitted) breaker = record(breaker, outcome, nowMs, limits);
      assert.notEqual(breaker.kind, "half-open");
    }
    assert.ok(admit(breaker, nowMs + limits.breakerOpenMsMax).isAdmitted);
  }));
});
