import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { emptyTally, runScript } from "./spec_suite.ts";

// The test scripts of the WebAssembly specification are not part of the project: they are read from
// SKERRY_SPEC_TESTS, or from shared/conformance/spec beside the checkout.
const folder = Deno.env.get("SKERRY_SPEC_TESTS") ??
  fileURLToPath(new URL("../../../shared/conformance/spec", import.meta.url));
const scripts = scriptsIn(folder);
if (scripts.length === 0) {
  console.log(
    `skipped: the specification's test scripts, since ${folder} has no .wast file; ` +
      "set SKERRY_SPEC_TESTS to a folder that has",
  );
}

/** Invalid modules with a folded legacy `try`, which no assembler at hand takes. */
const expectedUnassembled = [
  "legacy_rethrow.wast:95",
  "legacy_try_catch.wast:264",
  "legacy_try_catch.wast:266",
  "legacy_try_catch.wast:268",
  "legacy_try_catch.wast:270",
  "legacy_try_catch.wast:275",
  "legacy_try_delegate.wast:241",
];

Deno.test({
  name:
    "every module of the specification's test scripts is decoded and encoded, or refused where malformed",
  ignore: scripts.length === 0,
  fn: async () => {
    const tally = emptyTally();
    for (const script of scripts) {
      await runScript(script, await Deno.readTextFile(`${folder}/${script}`), tally);
    }
    const unexpected = tally.unassembled.filter((line) =>
      !expectedUnassembled.some((place) => line.startsWith(`${place}:`))
    );
    for (const line of tally.unassembled) console.log(`not assembled: ${line}`);
    console.log(
      `${scripts.length} scripts: ${tally.identical + tally.shortened} modules round-tripped ` +
        `(${tally.identical} byte for byte, ${tally.shortened} made shorter), ` +
        `${tally.refused} malformed binaries refused; skipped: ${tally.notApplicable} malformed ` +
        `texts (the text parser's matter), ${tally.unassembled.length} texts that no assembler takes`,
    );
    assert.deepEqual(tally.failures, []);
    assert.deepEqual(unexpected, []);
    assert.ok(
      tally.identical + tally.shortened > 0 && tally.refused > 0,
      "the scripts had no modules",
    );
  },
});

function scriptsIn(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].map((entry) => entry.name)
      .filter((name) => name.endsWith(".wast")).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
