/** A long run: every program, then `COUNT` modules by chance: `main.ts [COUNT] [SEED]`. Ends with 1 where something is left. */

import process from "node:process";
import { generateModule } from "../differential/generator/module.ts";
import { check } from "./check.ts";
import { subjectOf } from "./subject.ts";
import { programs } from "./programs.ts";
import { emptyTally, tallyText } from "./tally.ts";

const [countText = "1000", seedText] = process.argv.slice(2);
const seed = Number(seedText ?? crypto.getRandomValues(new Uint32Array(1))[0]);
console.log(`seed ${seed}`);
const tally = emptyTally();
const found: string[] = [];
for (const { name, module } of programs) {
  await poison(name, await module(), seed);
  console.log(`${name}: ${found.length} findings so far`);
}
for (let step = 0; step < Number(countText); step += 1) {
  const moduleSeed = (seed + step) >>> 0;
  await poison(`own module of seed ${moduleSeed}`, generateModule(moduleSeed), moduleSeed);
}
console.log([...found, tallyText(tally)].join("\n"));
process.exitCode = found.length === 0 ? 0 : 1;

async function poison(name: string, bytes: Uint8Array<ArrayBuffer>, moduleSeed: number) {
  for (const dirty of ["always", "auto"] as const) {
    const subject = await subjectOf(name, bytes, dirty);
    if (subject !== undefined) found.push(...check(subject, moduleSeed, tally));
  }
}
