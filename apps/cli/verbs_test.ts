import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { verbs } from "./verbs.ts";

Deno.test("each verb is the one by whose name it is asked for, and none is forgotten", async () => {
  const loaded = await Promise.all(Object.values(verbs).map((load) => load(() => {})));
  assert.deepEqual(loaded.map((command) => command.name()), Object.keys(verbs));
  // Two of them are in one file.
  const files = (await readdir(new URL("./commands/", import.meta.url))).map((file) =>
    file.replace(/\.ts$/, "")
  );
  const missing = files.filter((name) => name !== "entries" && !Object.hasOwn(verbs, name));
  assert.deepEqual(missing, []);
});
