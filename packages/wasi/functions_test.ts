/**
 * Every function of preview 1: that it works, each error that it can give, and its bounds. docs/wasi.md is
 * written from the same cases.
 */

import assert from "node:assert/strict";
import { wasiPreview1 } from "./preview1.ts";
import { shownBy } from "./testing/functions/case.ts";
import { allCases } from "./testing/functions/cases.ts";
import { declared, functionNames, positions } from "./testing/functions/interface.ts";
import { wasiPage } from "./testing/functions/page.ts";
import { World } from "./testing/functions/world.ts";

const cases = allCases();

for (const { name, title, check } of cases) {
  Deno.test(`${name}: ${title}`, async () => {
    const world = new World();
    await check(world);
    world.context.close();
  });
}

Deno.test("every function has a case of success, of each error that is listed for it, and of no other", () => {
  assert.deepEqual([...functionNames].sort(), Object.keys(wasiPreview1.functions).sort());
  for (const name of functionNames) {
    const shown = new Set(
      cases.filter((one) => one.name === name).map(({ title }) => shownBy(title)),
    );
    shown.delete("bounds");
    const { errors } = declared[name];
    const expected = errors.some((errno) => errno === "ENOSYS") ? errors : ["success", ...errors];
    assert.deepEqual([...shown].sort(), [...expected].sort(), name);
  }
});

Deno.test("what is listed takes as many arguments as the interface says", () => {
  for (const name of functionNames) {
    const pairs = positions(declared[name].takes);
    const count = pairs.reduce((sum, [one]) => sum + (isPair(one) ? 2 : 1), 0);
    assert.equal(count, wasiPreview1.functions[name]?.params.length, name);
  }
});

Deno.test("docs/wasi.md shows these cases, and no others", async () => {
  const page = new URL("../../docs/wasi.md", import.meta.url);
  const present = await Deno.readTextFile(page);
  const [introduction = ""] = present.split(/^## Bounds$/m);
  const expected = wasiPage(introduction);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(page, expected);
  else {assert.equal(
      present,
      expected,
      "run this test with UPDATE_GOLDEN=1 and read the difference",
    );}
});

function isPair(parameter: unknown): boolean {
  return ["path", "text", "buffer", "buffers"].includes(String(parameter));
}
