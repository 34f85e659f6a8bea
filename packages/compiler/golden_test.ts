/** What the compiler makes of small modules, rule by rule: golden/*.wat in, golden/*.out.wat out. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { goldenOf } from "./testing/golden.ts";

const folder = new URL("./golden/", import.meta.url);
const update = Deno.env.get("UPDATE_GOLDEN") === "1";

const names = readdirSync(folder).sort();
const sources = names.filter((name) => name.endsWith(".wat") && !name.endsWith(".out.wat"));

for (const source of sources) {
  Deno.test(`golden: ${source.slice(0, -".wat".length).replaceAll("_", " ")}`, async () => {
    const golden = new URL(source.replace(/wat$/, "out.wat"), folder);
    const actual = await goldenOf(readFileSync(new URL(source, folder), "utf8"));
    if (update) writeFileSync(golden, actual);
    const remedy = "if this is meant, run the test with UPDATE_GOLDEN=1 and read the difference";
    assert.equal(actual, readFileSync(golden, "utf8"), remedy);
  });
}

Deno.test("each golden text belongs to a module", () => {
  const outputs = names.filter((name) => name.endsWith(".out.wat"));
  assert.deepEqual(outputs, sources.map((name) => name.replace(/wat$/, "out.wat")).sort());
});
