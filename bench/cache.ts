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

/** `{ "purgeUsP99 1000": 2 }` as `{ purgeUsP99: { "1000": 2 } }`. */
function nested({ summary }: BenchResult): BenchResult["summary"] {
  const outer: Record<string, Record<string, string | number>> = {};
  const whole: BenchResult["summary"] = {};
  for (const [key, value] of Object.entries(summary)) {
    const [name = key, ...rest] = key.split(" ");
    if (rest.length === 0 || typeof value === "object") whole[key] = value;
    else (outer[name] ??= {})[rest.join(" ")] = value;
  }
  return { ...whole, ...outer };
}
