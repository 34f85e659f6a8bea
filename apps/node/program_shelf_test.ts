import assert from "node:assert/strict";
import { ProgramShelf } from "./program_shelf.ts";

Deno.test("a shelf forgets what was used longest ago, until the rest fits", () => {
  const forgotten: string[] = [];
  const shelf = new ProgramShelf<string>(100, (value) => forgotten.push(value));
  shelf.put("a", "A", 40);
  shelf.put("b", "B", 40);
  assert.equal(shelf.get("a"), "A");
  shelf.put("c", "C", 40);
  assert.deepEqual([forgotten, shelf.bytes, shelf.size], [["B"], 80, 2]);
  assert.equal(shelf.get("b"), undefined);
  shelf.put("d", "D", 200);
  assert.deepEqual([forgotten, shelf.bytes, shelf.get("d")], [["B", "A", "C"], 200, "D"]);
  shelf.put("d", "E", 10);
  assert.deepEqual([forgotten.at(-1), shelf.bytes], ["D", 10]);
  shelf.drop("d");
  shelf.drop("d");
  assert.deepEqual([forgotten.length, shelf.bytes, shelf.size], [5, 0, 0]);
});
