import { equal, ok } from "node:assert/strict";
import { purgeBurst, PurgeRate, purgesPerSecond } from "./purge_rate.ts";

Deno.test("a tenant may purge often at once, then as often as its bucket fills, and slows nobody else down", () => {
  const rate = new PurgeRate(10);
  for (let call = 0; call < purgeBurst; call++) equal(rate.take("acme", 1_000), undefined);
  const waitMs = rate.take("acme", 1_000) ?? 0;
  ok(waitMs > 0 && waitMs <= 1_000 / purgesPerSecond, `${waitMs}`);
  equal(rate.take("bolt", 1_000), undefined);
  equal(rate.take("acme", 1_000 + waitMs), undefined);
  ok(rate.take("acme", 1_000 + waitMs) !== undefined);
  for (let call = 0; call < purgesPerSecond; call++) equal(rate.take("acme", 2_010), undefined);
});

Deno.test("a clock that goes back gives nobody more, and takes nothing away", () => {
  const rate = new PurgeRate(10);
  for (let call = 0; call < purgeBurst; call++) rate.take("acme", 5_000);
  ok(rate.take("acme", 1_000) !== undefined);
  equal(rate.take("acme", 2_000), undefined);
});

Deno.test("what is remembered is bounded", () => {
  const rate = new PurgeRate(1);
  for (let call = 0; call < purgeBurst; call++) rate.take("acme", 0);
  rate.take("bolt", 0);
  equal(rate.take("acme", 0), undefined, "it was forgotten");
});
