import assert from "node:assert/strict";
import { Facts } from "./facts.ts";

Deno.test("a fact about a value covers what the slack reaches, and no more", () => {
  const facts = new Facts();
  facts.add(0, 5, 0, false);
  assert.ok(facts.cover(0, 5, 0, 1020, 4));
  assert.ok(!facts.cover(0, 5, 0, 1021, 4));
  assert.ok(!facts.cover(1, 5, 0, 0, 4), "of another memory");
  assert.ok(!facts.cover(0, 6, 0, 0, 4), "of another value");
});

Deno.test("a displaced value is covered only where the fact's was in bounds, and not below it", () => {
  const facts = new Facts();
  facts.add(0, 5, 100, false);
  assert.ok(!facts.cover(0, 5, 108, 0, 4), "not known to be in bounds");
  facts.add(0, 5, 100, true);
  assert.ok(facts.cover(0, 5, 108, 0, 4));
  assert.ok(facts.cover(0, 5, 90, 10, 4), "the offset makes up for the displacement");
  assert.ok(!facts.cover(0, 5, 90, 9, 4), "below the page that is marked");
  assert.ok(!facts.cover(0, 5, 1124, 0, 1), "beyond the slack");
});

Deno.test("what is forgotten gives way to what was known before", () => {
  const facts = new Facts();
  facts.add(0, 5, 0, true);
  const before = facts.count;
  facts.add(0, 5, 2000, true);
  assert.ok(facts.cover(0, 5, 2000, 0, 4));
  facts.forget(before);
  assert.ok(!facts.cover(0, 5, 2000, 0, 4));
  assert.ok(facts.cover(0, 5, 8, 0, 4));
  facts.clear();
  assert.ok(!facts.cover(0, 5, 8, 0, 4));
});
