/** What the compiler makes of a module behaves as the module does: thousands of modules by chance on each run. */

import assert from "node:assert/strict";
import process from "node:process";
import { fuzz, type Maker } from "./fuzz.ts";
import { figures, findingText } from "./report.ts";

const modulesEach = 1000;

async function check(maker: Maker, words: string): Promise<void> {
  const seed = Number(
    process.env["SKERRY_FUZZ_SEED"] ?? crypto.getRandomValues(new Uint32Array(1))[0],
  );
  console.log(`${maker}: SKERRY_FUZZ_SEED=${seed}`);
  const result = await fuzz(maker, modulesEach, seed);
  console.log(figures(maker, result));
  assert.equal(result.findings.map(findingText).join("\n"), "", words);
  const { tally, unmade } = result;
  assert.equal(tally.modules + unmade, modulesEach);
  // A run that compares little is no test.
  assert.ok(tally.refused + tally.overflowed + unmade < modulesEach / 50, "too many are left out");
  assert.ok(tally.calls - tally.traps > modulesEach * 5, "too few calls return");
  assert.ok(tally.reruns > modulesEach / 4, "too few resets are followed by a second run");
}

Deno.test("modules by Binaryen's fuzzer do the same when they are compiled, and again after a reset", () =>
  check("binaryen", "a module by Binaryen differs"));

Deno.test("modules with loops, barriers, exceptions and many memories do the same when they are compiled, and again after a reset", () =>
  check("own", "a generated module differs"));
