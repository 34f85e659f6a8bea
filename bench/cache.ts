/** The whole cache: hits by HTTP beside others, and what its decisions and its store are worth by themselves. */

import { fileURLToPath } from "node:url";
import type { Bench, BenchResult } from "./bench.ts";
import { hits } from "./cache/hits.ts";
import { bench as core } from "./cache_core.ts";
import { bench as policy } from "./cache_policy.ts";
import { connections } from "./http/load.ts";
import { ensureTools } from "./http/pinned.ts";

const script = fileURLToPath(new URL("../scripts/install_cache_peers.mjs", import.meta.url));

/** Ratios are of requests per second of processor time: above 1 where ours has more. */
export const bench: Bench = {
  name: "cache",
  about:
    `hits by wrk -c${connections} beside Varnish, nginx and Deno.serve, each server on one core, wrk on the ` +
    "other; purges by the number of objects; hit ratios",
  async run(isQuick) {
    await ensureTools(script, ["varnishd", "nginx"]);
    const byHttp = await hits(isQuick);
    const [byCore, byPolicy] = [await core.run(isQuick), await policy.run(isQuick)];
    return {
      rows: [byHttp, byCore, byPolicy].flatMap(({ rows }) => rows),
      summary: { ...byHttp.summary, ...nested(byCore), ...nested(byPolicy) },
    };
  },
};

/** `{ "purgeUsP99 1": 2, "purgeUsP99 1000": 3 }` as `{ purgeUsP99: { "1": 2, "1000": 3 } }`; what stands alone by its name. */
function nested({ summary }: BenchResult): BenchResult["summary"] {
  const found = new Map<string, Record<string, string | number>>();
  for (const [key, value] of Object.entries(summary)) {
    if (typeof value === "object") continue;
    const [name = key, ...rest] = key.split(" ");
    found.set(name, { ...found.get(name), [rest.join(" ")]: value });
  }
  return Object.fromEntries([...found].map(([name, values]) => {
    const [only, ...others] = Object.values(values);
    return [name, only !== undefined && others.length === 0 ? only : values];
  }));
}
