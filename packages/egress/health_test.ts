import assert from "node:assert/strict";
import { healthyAtFirst, nextHealth } from "./health.ts";

/** What is thought of a backend after these answers. */
function after(answers: string, turns: number): string {
  let health = healthyAtFirst;
  return [...answers].map((answer) => {
    health = nextHealth(health, answer === "+", turns);
    return health.isHealthy ? "+" : "-";
  }).join("");
}

Deno.test("some answers in a row change what is thought of a backend, either way", () => {
  assert.equal(after("--++", 1), "--++");
  assert.equal(after("-+-+--", 2), "+++++-");
  assert.equal(after("--+-+-++", 2), "+------+");
  assert.equal(after("--+---+++", 3), "+++++---+");
});
