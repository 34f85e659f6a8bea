/**
 * A long run: `main.ts COUNT [SEED] [binaryen|own]`. Half of the modules are by Binaryen, half are our own,
 * unless one of the two is named. Ends with 1 where a module differs.
 */

import process from "node:process";
import { fuzz, type Maker } from "./fuzz.ts";
import { figures, findingText } from "./report.ts";

/** Modules between two signs of life. */
const progressStep = 1000;

const [countText = "2000", seedText, makerText] = process.argv.slice(2);
const makers: readonly Maker[] = makerText === "binaryen" || makerText === "own"
  ? [makerText]
  : ["own", "binaryen"];
const seed = Number(seedText ?? crypto.getRandomValues(new Uint32Array(1))[0]);
console.log(`seed ${seed}`);
let found = 0;
for (const maker of makers) {
  const count = Math.ceil(Number(countText) / makers.length);
  const started = performance.now();
  let told = 0;
  const result = await fuzz(maker, count, seed, (done, { findings }) => {
    for (const finding of findings.slice(told)) console.log(findingText(finding));
    told = findings.length;
    if (done % progressStep === 0) console.log(`${maker}: ${done} of ${count}, ${told} findings`);
  });
  found += result.findings.length;
  console.log(figures(maker, result));
  console.log(`  in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
process.exitCode = found === 0 ? 0 : 1;
