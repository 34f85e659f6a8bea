import assert from "node:assert/strict";
import { playSchedule } from "./testing/node_schedule.ts";

Deno.test("INV-15: threads that ask, fill, revalidate, evict, purge and are killed between each other's steps serve nothing from before a purge", () => {
  const all = new Map<string, number>();
  for (let seed = 0; seed < 6_000; seed++) {
    for (const [what, count] of Object.entries(playSchedule(seed))) {
      all.set(what, (all.get(what) ?? 0) + count);
    }
  }
  for (const [what, count] of all) assert.ok(count > 300, `${what}: ${count}`);
});
