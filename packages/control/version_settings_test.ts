import { deepEqual, equal, ok } from "node:assert/strict";
import { parseManifest } from "@skerry/manifest";
import { checkSettings, defaultNodeBounds } from "./settings.ts";
import { versionSettings } from "./version_settings.ts";

function settingsOf(text: string, host?: string) {
  const manifest = parseManifest(`name = "a"\nmodule = "a.wasm"\n${text}`);
  ok(manifest.ok, JSON.stringify(manifest));
  return versionSettings(manifest.value, host);
}

Deno.test("all that a manifest says of a service becomes settings that a node takes", () => {
  const found = settingsOf(`about = "Sells"
clock = "coarse:5ms"
[[routes]]
path = "/api/..."
host = "Api.example"
backend = "api"
[[routes]]
path = "/"
[backends.api]
url = "https://api.example"
connect = "2s"
health = { path = "/up", every = "5s" }
[health]
path = "/healthz"
[env]
A = "b"
[limits]
memory = "64MiB"
timeout = "5s"
`);
  ok(found.ok);
  deepEqual(found.value, {
    about: "Sells",
    env: { A: "b" },
    clock: "coarse:5ms",
    memoryBytesMax: 64 * 2 ** 20,
    wallMsMax: 5_000,
    routes: [
      { host: "api.example", prefix: "/api", backend: "api" },
      { host: "*", prefix: "" },
    ],
    backends: {
      api: {
        origin: "https://api.example",
        connectMsMax: 2_000,
        health: { path: "/up", everyMs: 5_000 },
      },
    },
    health: { path: "/healthz", status: 200 },
  });
  const { settings, mistakes } = checkSettings(found.value, {}, defaultNodeBounds);
  deepEqual(mistakes, []);
  deepEqual(settings, found.value);
});

Deno.test("routes without a host are given the one that is told", () => {
  const found = settingsOf("", "shop.example");
  deepEqual(found.ok && found.value.routes, [{ host: "shop.example", prefix: "" }]);
});

Deno.test("directories of a machine are refused", () => {
  const found = settingsOf('[[directories]]\nguest = "/x"\nhost = "y"\n');
  equal(found.ok, false);
});

Deno.test("what a manifest says of the cache is taken as it is, and a rule that tells nothing is refused", () => {
  const found = settingsOf(
    `[cache]\nmode = "cache"\nttl = "1m"\n[[cache.pass]]\npath = "/admin/..."\n`,
  );
  ok(found.ok);
  deepEqual(found.value.cache, { mode: "cache", ttlMs: 60_000, pass: [{ prefix: "/admin" }] });
  deepEqual(checkSettings(found.value, {}, defaultNodeBounds).mistakes, []);
  const empty = { ...found.value, cache: { pass: [{}] } };
  deepEqual(checkSettings(empty, {}, defaultNodeBounds).mistakes, [
    { path: "cache/pass/0", message: "expected a prefix, a field or a cookie" },
  ]);
});
