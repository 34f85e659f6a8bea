import assert from "node:assert/strict";
import type { StoredResponse } from "../stored_response.ts";
import { RecentlySeen } from "./recently_seen.ts";

/** What counts of a response. */
function answer(variant: string, responseMs: number): StoredResponse {
  return { variant, responseMs } as Partial<StoredResponse> as StoredResponse;
}

Deno.test("what was seen is known by its key, variant and time, until it is forgotten", () => {
  const clock = { nowMs: 0 };
  const seen = new RecentlySeen(16, 1000, () => clock.nowMs);
  const one = answer("", 5);
  assert.equal(seen.has("a", one), false);
  seen.add("a", one);
  assert.equal(seen.has("a", one), true);
  assert.equal(seen.has("a", answer("", 5)), true);
  assert.equal(seen.has("a", answer("x", 5)), false);
  assert.equal(seen.has("a", answer("", 6)), false);
  assert.equal(seen.has("b", answer("", 5)), false);
  clock.nowMs = 999;
  seen.look();
  assert.equal(seen.has("a", one), true);
  clock.nowMs = 1000;
  seen.look();
  assert.equal(seen.has("a", one), false);
});

Deno.test("of many all but a few are told apart, though places are few", () => {
  const seen = new RecentlySeen(2 ** 10, 1000, () => 0);
  for (let at = 0; at < 500; at += 1) seen.add(`key ${at}`, answer("", at));
  let mistaken = 0;
  for (let at = 500; at < 100_000; at += 1) {
    if (seen.has(`key ${at}`, answer("", at))) mistaken += 1;
  }
  assert.ok(mistaken < 5, `${mistaken} were taken for others`);
});
