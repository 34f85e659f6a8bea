/** Reset is proven, not sampled: all state that a guest can write is written, and after a reset nothing is left of it. */

import assert from "node:assert/strict";
import process from "node:process";
import { assembleText } from "../../packages/compiler/testing/compiled.ts";
import { openBinaryen } from "../differential/binaryen_modules.ts";
import { generateModule } from "../differential/generator/module.ts";
import { Random } from "../differential/random.ts";
import { coverageTexts } from "../mutation/coverage_texts.ts";
import { check } from "./check.ts";
import { subjectOf } from "./subject.ts";
import { loneStores } from "./lone_stores.ts";
import { programs } from "./programs.ts";
import { emptyTally, type Tally, tallyText } from "./tally.ts";

const seed = Number(
  process.env["SKERRY_FUZZ_SEED"] ?? crypto.getRandomValues(new Uint32Array(1))[0],
);

/** Poisons one module, compiled in both ways. */
async function differencesOf(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  tally: Tally,
  moduleSeed = seed,
): Promise<string[]> {
  const found: string[] = [];
  for (const dirty of ["always", "auto"] as const) {
    const subject = await subjectOf(name, bytes, dirty);
    if (subject !== undefined) found.push(...check(subject, moduleSeed, tally));
  }
  return found;
}

for (const { name, leftOut, module } of programs) {
  const why = leftOut === undefined ? "" : ` (left to tests/reset/main.ts: ${leftOut})`;
  Deno.test({
    name: `INV-12: ${name}, poisoned all over, is as new after a reset${why}`,
    ignore: leftOut !== undefined,
    fn: async () => {
      const tally = emptyTally();
      assert.deepEqual(await differencesOf(name, await module(), tally), []);
      assert.equal(tally.checked, 2);
      assert.ok(tally.bytes > 0 || tally.resets > 0);
    },
  });
}

Deno.test("INV-12: modules with many memories, tables and segments, poisoned all over, are as new after a reset", async () => {
  const tally = emptyTally();
  for (const [name, text] of Object.entries({ ...coverageTexts, loneStores })) {
    assert.deepEqual(await differencesOf(name, await assembleText(text), tally), [], name);
  }
  console.log(tallyText(tally));
  assert.ok(tally.checked > tally.artifacts * 0.8 && tally.grown > 10, tallyText(tally));
});

Deno.test("INV-12: modules by chance, poisoned all over, are as new after a reset", async () => {
  console.log(`SKERRY_FUZZ_SEED=${seed}`);
  const tally = emptyTally();
  for (let step = 0; step < 90; step += 1) {
    const moduleSeed = (seed + step) >>> 0;
    const name = `own module of seed ${moduleSeed}`;
    assert.deepEqual(await differencesOf(name, generateModule(moduleSeed), tally, moduleSeed), []);
  }
  console.log(tallyText(tally));
  assert.ok(tally.checked > 90 && tally.grown > 40, tallyText(tally));
});

Deno.test("INV-12: modules by Binaryen's fuzzer, poisoned all over, are as new after a reset", async () => {
  console.log(`SKERRY_FUZZ_SEED=${seed}`);
  const tally = emptyTally();
  const binaryen = openBinaryen();
  try {
    for (let step = 0; step < 40; step += 1) {
      const moduleSeed = (seed + step) >>> 0;
      const bytes = await binaryen.next(new Random(moduleSeed));
      if (bytes === undefined) continue;
      const name = `Binaryen's module of seed ${moduleSeed}`;
      assert.deepEqual(await differencesOf(name, bytes, tally, moduleSeed), []);
    }
  } finally {
    binaryen.close();
  }
  console.log(tallyText(tally));
  assert.ok(tally.checked > 15, tallyText(tally));
});
