/** Purges and fills over mapped files, until it is done or killed: a process for tests. */

import { SharedWords } from "@skerry/cache";
import { mapFile } from "@skerry/platform";
import { hammer } from "../../packages/cache/testing/purge_hammer.ts";

const [table = "", tableBytes, facts = "", factsBytes, seed, rounds] = Deno.args;
const memory = mapFile(table, Number(tableBytes));
const known = mapFile(facts, Number(factsBytes));
if (memory === undefined || known === undefined) throw new Error("no such calls");
// The last word says that it has begun.
new SharedWords(known).increase(Number(factsBytes) / 8 - 1);
const news = hammer({ memory, facts: known, seed: Number(seed), rounds: Number(rounds) });
console.log(JSON.stringify(news));
