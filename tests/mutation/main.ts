/** A long run: `main.ts COUNT [SEED]`. Ends with 1 where the verifier lets something through. */

import process from "node:process";
import { catalogue } from "./catalogue.ts";
import { mutate } from "./run.ts";
import { randomSubjects, realSubjects, textSubjects } from "./subjects.ts";
import { emptyTally, holesOf, tableOf } from "./tally.ts";

const [countText = "10000", seedText, only = ""] = process.argv.slice(2);
const count = Number(countText);
const seed = Number(seedText ?? crypto.getRandomValues(new Uint32Array(1))[0]);
console.log(`seed ${seed}`);
const tally = emptyTally();
const mutations = catalogue.filter(({ name }) => name.includes(only));
await mutate(await textSubjects(), mutations, Math.ceil(count / 2), seed, tally);
await mutate(await randomSubjects(20, seed), mutations, Math.floor(count * 0.45), seed, tally);
await mutate(await realSubjects(), mutations, Math.floor(count / 20), seed, tally);
console.log(tableOf(tally));
console.log(holesOf(tally));
process.exitCode = tally.holes.length === 0 ? 0 : 1;
