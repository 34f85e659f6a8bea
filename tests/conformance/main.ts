/**
 * `npm run conformance -- DIR`: runs every `.wast` under DIR on V8 as written and as compiled.
 *
 * Prints every difference, everything that V8 itself fails by name, and what nothing can be run of; ends in
 * `N passed, N failed, N skipped`.
 */

import { type Engines, runFolder } from "./conformance.ts";
import { plainEngine } from "./engine.ts";
import { reportLines } from "./report.ts";
import { compiledEngine } from "./compiled_engine.ts";
import { defaultScriptFolder, scriptsIn } from "./script_files.ts";

const engines: Engines = { plain: plainEngine, compiled: compiledEngine };
const [given, ...more] = Deno.args;
if (given?.startsWith("-") || more.length > 0) {
  console.error("usage: npm run conformance -- [DIR]");
  Deno.exit(2);
}
const folder = given ?? defaultScriptFolder();
const files = scriptsIn(folder);
if (files.length === 0) {
  const what = `${folder} has no .wast file`;
  if (given !== undefined) {
    console.error(`skerry: ${what}`);
    Deno.exit(2);
  }
  console.log(
    `skipped: the specification's test scripts, since ${what}; name a folder that has, ` +
      "or set SKERRY_SPEC_TESTS",
  );
}
const report = await runFolder(folder, files, engines);
for (const line of reportLines(report)) console.log(line);
Deno.exit(report.differences.length === 0 ? 0 : 1);
