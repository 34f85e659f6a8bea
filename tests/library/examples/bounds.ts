import { compile, Pool } from "@skerry/sandbox";
import { spinner } from "./guests.ts";

const compiled = await compile(spinner);
if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
const pool = new Pool();
const ended: string[] = [];
for (const budget of [{ fuelMax: 1_000_000 }, { cpuMsMax: 20 }, { wallMsMax: 40 }]) {
  const lease = pool.leaseNow(compiled.value, { bindings: [], ...budget });
  if (typeof lease === "string") throw new Error(lease);
  const outcome = await lease.run("spin");
  lease.release();
  if (outcome.kind === "exhausted") ended.push(outcome.limit);
}

export const answer = ended;
