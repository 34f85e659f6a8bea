import { equal } from "node:assert/strict";
import { Attention } from "./attention.ts";

Deno.test("who stood still was deaf for that long, and who looks as often as it meant to never", () => {
  const attention = new Attention(1_000, 500);
  equal(attention.look(1_500), 0);
  equal(attention.look(3_400), 0);
  equal(attention.look(20_400), 17_000);
  equal(attention.look(21_400), 0);
});
