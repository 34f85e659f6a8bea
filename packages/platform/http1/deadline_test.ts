import assert from "node:assert/strict";
import { Deadline } from "./deadline.ts";

Deno.test("a deadline begins when it is first checked, and passes once its time is over", () => {
  const deadline = new Deadline();
  assert.equal(deadline.isPassed(1e9), false);
  deadline.allow(100);
  assert.deepEqual([5_000, 5_099, 5_100, 9_000].map((nowMs) => deadline.isPassed(nowMs)), [
    false,
    false,
    true,
    true,
  ]);
});

Deno.test("a deadline that is set anew begins anew", () => {
  const deadline = new Deadline();
  deadline.allow(100);
  assert.equal(deadline.isPassed(0), false);
  deadline.allow(100);
  assert.equal(deadline.isPassed(150), false);
  assert.equal(deadline.isPassed(250), true);
  deadline.allow(Infinity);
  assert.equal(deadline.isPassed(Number.MAX_VALUE), false);
});
