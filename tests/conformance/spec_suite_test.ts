import assert from "node:assert/strict";
import { defaultScriptFolder, scriptsIn } from "./script_files.ts";
import { emptyTally, runScript } from "./spec_suite.ts";

const folder = defaultScriptFolder();
const scripts = scriptsIn(folder);
if (scripts.length === 0) {
  console.log(
    `skipped: the specification's test scripts, since ${folder} has no .wast file; ` +
      "set SKERRY_SPEC_TESTS to a folder that has",
  );
}

Deno.test({
  name:
    "every module of the specification's test scripts is decoded and encoded, or refused where malformed",
  ignore: scripts.length === 0,
  fn: async () => {
    const tally = emptyTally();
    for (const script of scripts) {
      await runScript(script, await Deno.readTextFile(`${folder}/${script}`), tally);
    }
    console.log(
      `${scripts.length} scripts: ${tally.identical + tally.shortened} modules round-tripped ` +
        `(${tally.identical} byte for byte, ${tally.shortened} made shorter), ` +
        `${tally.refused} malformed binaries refused; skipped: ${tally.notApplicable} malformed ` +
        "texts (the text parser's matter)",
    );
    assert.deepEqual(tally.failures, []);
    assert.deepEqual(tally.unassembled, []);
    assert.ok(
      tally.identical + tally.shortened > 0 && tally.refused > 0,
      "the scripts had no modules",
    );
  },
});
