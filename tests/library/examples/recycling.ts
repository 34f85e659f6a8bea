import { compile, Pool } from "@skerry/sandbox";
import { counter } from "./guests.ts";

const compiled = await compile(counter);
if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
const pool = new Pool({ sandboxesMax: 10 });
pool.warm(compiled.value, 2);
const seen: unknown[] = [];
for (let request = 0; request < 5; request += 1) {
  const lease = await pool.lease(compiled.value, { bindings: [] });
  if (typeof lease === "string") throw new Error(lease);
  seen.push(await lease.run("next"));
  lease.release();
}

export const answer = { seen, kept: pool.idle };
