import assert from "node:assert/strict";
import { Facts } from "./facts.ts";
import { constantBase } from "./operand_stack.ts";

Deno.test("a fact about a value covers what the slack reaches, and no more", () => {
  const facts = new Facts();
  facts.add(0, 5, 0, false, 10);
  assert.ok(facts.cover(0, 5, 0, 1020, 4));
  assert.ok(!facts.cover(0, 5, 0, 1021, 4));
  assert.ok(!facts.cover(1, 5, 0, 0, 4), "of another memory");
  assert.ok(!facts.cover(0, 6, 0, 0, 4), "of another value");
});

Deno.test("a displaced value is covered only where the fact's was in bounds, and not below it", () => {
  const facts = new Facts();
  facts.add(0, 5, 100, false, 20);
  assert.ok(!facts.cover(0, 5, 108, 0, 4), "not known to be in bounds");
  facts.add(0, 5, 100, true, 30);
  assert.ok(facts.cover(0, 5, 108, 0, 4));
  assert.ok(facts.cover(0, 5, 90, 10, 4), "the offset makes up for the displacement");
  assert.ok(!facts.cover(0, 5, 90, 9, 4), "below the page that is marked");
  assert.ok(!facts.cover(0, 5, 1124, 0, 1), "beyond the slack");
});

Deno.test("what is forgotten gives way to what was known before", () => {
  const facts = new Facts();
  facts.add(0, 5, 0, true, 40);
  const before = facts.count;
  facts.add(0, 5, 2000, true, 50);
  assert.ok(facts.cover(0, 5, 2000, 0, 4));
  facts.forget(before, 0);
  assert.ok(!facts.cover(0, 5, 2000, 0, 4));
  assert.ok(facts.cover(0, 5, 8, 0, 4));
  facts.clear();
  assert.ok(!facts.cover(0, 5, 8, 0, 4));
});

Deno.test("what was found before a limit is kept where a block ends", () => {
  const facts = new Facts();
  facts.add(0, 5, 0, true, 10);
  const before = facts.count;
  facts.add(0, 6, 0, true, 20);
  facts.add(0, 7, 0, true, 30);
  facts.forget(before, 30);
  assert.ok(facts.cover(0, 5, 0, 0, 4));
  assert.ok(facts.cover(0, 6, 0, 0, 4));
  assert.ok(!facts.cover(0, 7, 0, 0, 4));
});

Deno.test("a mark of a constant's page covers the page and what the slack reaches", () => {
  const facts = new Facts();
  facts.add(0, constantBase, 8192, true, 10);
  assert.ok(facts.cover(0, constantBase, 0, 8192 + 4096 + 1020, 4));
  assert.ok(!facts.cover(0, constantBase, 0, 8192 + 4096 + 1021, 4));
  assert.ok(!facts.cover(0, constantBase, 0, 8191, 4), "below the page");
});
