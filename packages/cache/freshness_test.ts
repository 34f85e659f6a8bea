import assert from "node:assert/strict";
import { type Field, formatHttpDate } from "@skerry/http";
import { currentAgeMs, initialAgeMs } from "./freshness.ts";

const requestMs = Date.UTC(2026, 0, 1);
const at = (ms: number) => formatHttpDate(requestMs + ms);

function initial(fields: readonly Field[], delayMs: number): number {
  return initialAgeMs(fields, { requestMs, responseMs: requestMs + delayMs });
}

Deno.test("how long an answer took is added to the age that it tells (RFC 9111 §4.2.3)", () => {
  assert.equal(initial([["age", "30"]], 2_500), 32_500);
  assert.equal(initial([], 2_500), 2_500);
  // Its date says more, or less.
  assert.equal(initial([["age", "3"], ["date", at(-60_000)]], 2_500), 62_000);
  assert.equal(initial([["age", "30"], ["date", at(-10_000)]], 0), 30_000);
});

Deno.test("a clock that is set back makes nothing younger", () => {
  const kept = { initialAgeMs: 5_000, responseMs: requestMs };
  assert.equal(currentAgeMs(kept, requestMs + 1_000), 6_000);
  assert.equal(currentAgeMs(kept, requestMs - 60_000), 5_000);
  assert.equal(initialAgeMs([], { requestMs, responseMs: requestMs - 1_000 }), 0);
});
