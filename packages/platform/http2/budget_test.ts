import assert from "node:assert/strict";
import { Budget } from "./budget.ts";

Deno.test("a budget is spent, comes back with time and with what is useful, and never exceeds its bound", () => {
  const budget = new Budget(2, 10);
  assert.deepEqual([budget.spend(), budget.spend(), budget.spend()], [true, true, false]);
  budget.pass(100);
  assert.equal(budget.spend(), false);
  budget.pass(200);
  assert.deepEqual([budget.spend(), budget.spend()], [true, false]);
  budget.earn(1_000);
  assert.deepEqual([budget.spend(), budget.spend(), budget.spend()], [true, true, false]);
});
