import assert from "node:assert/strict";
import { runFolder } from "./conformance.ts";
import { plainEngine } from "./engine.ts";
import { reportLines } from "./report.ts";
import { compiledEngine } from "./compiled_engine.ts";
import { defaultScriptFolder, scriptsIn } from "./script_files.ts";

const folder = defaultScriptFolder();
const files = scriptsIn(folder);
if (files.length === 0) {
  console.log(
    `skipped: the specification's test scripts, since ${folder} has no .wast file; ` +
      "set SKERRY_SPEC_TESTS to a folder that has",
  );
}

Deno.test({
  name:
    "every command of the specification's test scripts does the same as written and as compiled",
  ignore: files.length === 0,
  fn: async () => {
    const report = await runFolder(folder, files, {
      plain: plainEngine,
      compiled: compiledEngine,
    });
    const lines = reportLines(report);
    for (const line of lines.filter((one) => !one.startsWith("skipped: "))) console.log(line);
    assert.deepEqual(report.differences, []);
    assert.ok(report.passed > 0, "the scripts had no command");
  },
});
