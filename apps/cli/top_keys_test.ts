import assert from "node:assert/strict";
import { topActions, topKeysHelp } from "./top_keys.ts";

function actions(text: string) {
  return topActions(new TextEncoder().encode(text));
}

Deno.test("every key that is told of does something", () => {
  const keys = topKeysHelp.match(/\b[a-z]\b/g) ?? [];
  assert.equal(keys.length, 7);
  for (const key of keys) assert.equal(actions(key).length, 1, key);
});

Deno.test("an arrow is no letter, and what is asked for is done in its order", () => {
  assert.deepEqual(actions("\x1b[C"), []);
  assert.deepEqual(actions("xE\x03"), [{ kind: "order", order: "errors" }, { kind: "quit" }]);
});
