import { deepEqual, ok } from "node:assert/strict";
import { formatDiagnostic } from "@skerry/base";
import { parseManifest } from "./mod.ts";

const head = 'name = "shop"\nmodule = "a.wasm"\n';

function check(text: string, expected: unknown): void {
  const parsed = parseManifest(head + text);
  ok(parsed.ok, JSON.stringify(parsed));
  deepEqual(parsed.value.cache, expected);
}

function checkRefused(text: string, expected: string): void {
  const parsed = parseManifest(head + text);
  ok(!parsed.ok, JSON.stringify(parsed));
  deepEqual(parsed.error.map((problem) => formatDiagnostic("skerry.toml", problem)), [expected]);
}

Deno.test("a manifest that says nothing of the cache leaves it as it is", () =>
  check("", undefined));

Deno.test("all that a manifest says of the cache is understood", () =>
  check(
    `[cache]
mode = "cache"
ttl = "1h"
ttl-max = "30d"
ttl-by-status = { 404 = "30s", 301 = "0s" }
heuristic = 0.1
heuristic-max = "12h"
stale-while-revalidate = "30s"
stale-if-error = "1d"
stale-if-unreachable = "2d"
hit-for-miss = "10s"
body-max = "4MiB"
set-cookie = "stripped"
request-directives = "ignored"
partial-misses = "fetched-whole"

[cache.key]
query = "sorted"
ignored-parameters = ["utm_*", "fbclid"]
kept-parameters = ["page"]
headers = ["X-Market"]
cookies = ["Region"]

[[cache.pass]]
path = "/admin/..."

[[cache.pass]]
header = "Authorization"
cookie = "session"
`,
    {
      mode: "cache",
      ttlMs: 3_600_000,
      ttlMsMax: 30 * 86_400_000,
      ttlMsByStatus: { 404: 30_000, 301: 0 },
      heuristicFraction: 0.1,
      heuristicMsMax: 43_200_000,
      staleWhileRevalidateMs: 30_000,
      staleIfErrorMs: 86_400_000,
      staleIfUnreachableMs: 2 * 86_400_000,
      hitForMissMs: 10_000,
      bodyBytesMax: 4 * 2 ** 20,
      setCookie: "stripped",
      requestDirectives: "ignored",
      partialMisses: "fetched-whole",
      key: {
        query: "sorted",
        ignoredParameters: ["utm_*", "fbclid"],
        keptParameters: ["page"],
        fields: ["x-market"],
        cookies: ["Region"],
      },
      pass: [{ prefix: "/admin" }, { field: "authorization", cookie: "session" }],
    },
  ));

Deno.test("what is wrong in the table of the cache is told with its place", () => {
  checkRefused('[cache]\nmode = "on"\n', 'skerry.toml:4:8: cache.mode: expected "cache" or "pass"');
  checkRefused(
    '[cache]\nttl = "1y"\n',
    'skerry.toml:4:7: cache.ttl: expected a duration such as "10m", "30d" or "0s", of at most ten years',
  );
  checkRefused(
    "[cache]\nttl = 60\n",
    'skerry.toml:4:7: cache.ttl: expected a duration such as "10m"',
  );
  checkRefused(
    '[cache]\nttl-by-status = { teapot = "1s" }\n',
    "skerry.toml:4:28: cache.ttl-by-status.teapot: expected a status such as 404",
  );
  checkRefused(
    '[cache.key]\nheaders = ["not a name"]\n',
    'skerry.toml:4:12: cache.key.headers.0: expected a name such as "x-market"',
  );
  checkRefused("[cache]\ntime = 1\n", 'skerry.toml:4:1: unknown key "cache.time"');
  checkRefused(
    "[[cache.pass]]\n",
    'skerry.toml:3:1: cache.pass.0: expected "path", "header" or "cookie": whatever is told must hold',
  );
});
