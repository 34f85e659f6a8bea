/** The table of `cases/`, case by case; each has its section in its name. */

import assert from "node:assert/strict";
import { allCases } from "./cases/all.ts";
import { runInProcess } from "./in_process.ts";

Deno.test("no two cases have one name", () => {
  const names = allCases.map(({ section, name }) => `${section} ${name}`);
  assert.deepEqual(names.filter((name, index) => names.indexOf(name) !== index), []);
});

for (const one of allCases) {
  Deno.test(`${one.section} ${one.level}: ${one.name}`, () => runInProcess(one));
}
