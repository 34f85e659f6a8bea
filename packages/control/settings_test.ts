import { deepEqual, equal } from "node:assert/strict";
import { assert, property, string } from "fast-check";
import type { TenantSettings, VersionSettings } from "./model.ts";
import { canonicalPrefix, checkSettings, defaultNodeBounds } from "./settings.ts";
import { settingsFor } from "./testing/node.ts";

function check(more: Partial<VersionSettings>, tenant: TenantSettings = {}) {
  return checkSettings(settingsFor("a.example", more), tenant, defaultNodeBounds);
}

function checkMistakes(more: Partial<VersionSettings>, ...expected: string[]) {
  deepEqual(check(more).mistakes.map(({ path, message }) => `${path}: ${message}`), expected);
}

Deno.test("settings are brought to their canonical form", () => {
  const { settings, mistakes } = check({
    routes: [{ host: "A.Example.", prefix: "/shop/", backend: "api" }, { host: "*", prefix: "/" }],
    backends: { api: { origin: "HTTPS://Api.Example:443/" } },
  });
  deepEqual(mistakes, []);
  deepEqual(settings.routes, [
    { host: "a.example", prefix: "/shop", backend: "api" },
    { host: "*", prefix: "" },
  ]);
  deepEqual(settings.backends, { api: { origin: "https://api.example" } });
});

Deno.test("every mistake is told with its place", () => {
  checkMistakes(
    {
      routes: [
        { host: "a.example:80", prefix: "shop" },
        { host: "b.example", prefix: "/x", backend: "toString" },
        { host: "B.example", prefix: "/x/" },
      ],
      backends: { "No!": { origin: "ftp://x" } },
      clock: "fine",
      memoryBytesMax: 2 ** 40,
      wallMsMax: 3_600_000,
      cpuMsMax: 60_000,
    },
    "routes/0/host: a host is told without a port",
    'routes/0/prefix: expected a path such as "/shop", or nothing for all',
    'routes/1/backend: there is no backend "toString"',
    "routes/2: this host and path stand twice",
    "backends/No!: expected a name of 1 to 63 of a-z, 0-9 and inner hyphens",
    'backends/No!/origin: expected "http://" or "https://", a host and perhaps a port',
    "clock: expected a clock such as real, coarse:1ms or frozen",
    "memoryBytesMax: expected at most 256 MiB on this node",
    "wallMsMax: expected at most 30 s on this node",
    "cpuMsMax: expected at most 10 s on this node",
  );
});

Deno.test("rules for what passes the cache have their paths as routes do, or are refused", () => {
  const pass = [{ prefix: "/admin/" }, { prefix: "/" }, { prefix: "/a", field: "x-a" }];
  const { settings, mistakes } = check({ cache: { pass } });
  deepEqual(mistakes, []);
  deepEqual(settings.cache?.pass, [
    { prefix: "/admin" },
    { prefix: "" },
    { prefix: "/a", field: "x-a" },
  ]);
  const form = 'expected a path such as "/shop", or nothing for all';
  checkMistakes(
    { cache: { pass: [{ prefix: "admin" }, {}, { prefix: "/a/../b" }, { prefix: "/a//b" }] } },
    `cache/pass/0/prefix: ${form}`,
    "cache/pass/1: expected a prefix, a field or a cookie",
    `cache/pass/2/prefix: ${form}`,
    `cache/pass/3/prefix: ${form}`,
  );
});

Deno.test("a tenant's memory bounds its versions' too", () => {
  equal(check({ memoryBytesMax: 2 ** 21 }, { memoryBytesMax: 2 ** 20 }).mistakes.length, 1);
  equal(check({ memoryBytesMax: 2 ** 20 }, { memoryBytesMax: 2 ** 20 }).mistakes.length, 0);
});

Deno.test("settings that are too large altogether are refused", () => {
  const env = Object.fromEntries(
    Array.from({ length: 200 }, (_, n) => [`V${n}`, "x".repeat(2000)]),
  );
  checkMistakes({ env }, ": expected at most 256 KiB of settings");
});

Deno.test("a prefix is what plain paths begin with", () => {
  for (const text of ["", "/a", "/a/b", "/a.b", "/a..b", "/~a", "/...a"]) {
    equal(canonicalPrefix(text), text);
    equal(canonicalPrefix(`${text}/`), text);
  }
  const refused = [
    "a",
    "//",
    "/a//b",
    "/.",
    "/..",
    "/a/../b",
    "/a/./b",
    "/%41",
    "/ü",
    "/a b",
    "/a?",
  ];
  for (const text of [...refused, `/${"a".repeat(1024)}`]) {
    equal(canonicalPrefix(text), undefined, text);
  }
  assert(property(string(), (text) => {
    const found = canonicalPrefix(`/${text}`);
    if (found !== undefined && found !== "") equal(new URL(`http://a${found}`).pathname, found);
  }));
});
