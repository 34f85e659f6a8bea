import assert from "node:assert/strict";
import { formatDiagnostic } from "@skerry/base";
import { assert as assertProperty, property, string } from "fast-check";
import { parseManifest } from "./mod.ts";

function check(text: string) {
  const parsed = parseManifest(text);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value;
}

function checkRefused(text: string, ...expected: string[]) {
  const parsed = parseManifest(text);
  assert.ok(!parsed.ok, JSON.stringify(parsed));
  assert.deepEqual(
    parsed.error.map((problem) => formatDiagnostic("skerry.toml", problem)),
    expected,
  );
}

const whole = `name = "shop"
about = "Sells things"
language = "c"
module = "out/shop.wasm"
snapshot = "prepare"
clock = "coarse:1ms"
compress = true

[build]
sources = ["main.c", "src/**/*.c"]
flags = ["-O2"]

[[routes]]
path = "/shop/..."

[[routes]]
path = "/till"

[env]
GREETING = "hi"

[[directories]]
guest = "/data"
host = "data"

[[directories]]
guest = "/seed"
host = "seed"
mode = "cow"

[[bundles]]
guest = "/usr"
path = "files/usr.tar"

[[bundles]]
guest = "/etc"
path = "files/etc"
mode = "ro"

[limits]
memory = "64MiB"
timeout = "5s"
cpu = "200ms"
`;

Deno.test("a whole manifest is read", () => {
  assert.deepEqual(check(whole), {
    name: "shop",
    about: "Sells things",
    hasProgram: true,
    language: "c",
    module: "out/shop.wasm",
    snapshot: "prepare",
    sources: ["main.c", "src/**/*.c"],
    flags: ["-O2"],
    routes: [
      { prefix: "/shop", host: undefined, backend: undefined },
      { prefix: "/till", host: undefined, backend: undefined },
    ],
    backends: new Map(),
    health: undefined,
    env: new Map([["GREETING", "hi"]]),
    clock: { kind: "coarse", stepMs: 1 },
    compress: true,
    cache: undefined,
    directories: [
      { guest: "/data", host: "data", mode: "ro" },
      { guest: "/seed", host: "seed", mode: "cow" },
    ],
    bundles: [
      { guest: "/usr", path: "files/usr.tar", mode: "cow" },
      { guest: "/etc", path: "files/etc", mode: "ro" },
    ],
    memoryBytesMax: 64 * 2 ** 20,
    wallMsMax: 5000,
    cpuMsMax: 200,
  });
});

Deno.test("what is left out has defaults: every path, build/NAME.wasm, no limits of its own", () => {
  const manifest = check('name = "a"\nlanguage = "wat"\nbuild.sources = ["a.wat"]\n');
  assert.deepEqual(manifest.routes, [{ prefix: "", host: undefined, backend: undefined }]);
  assert.equal(manifest.module, "build/a.wasm");
  assert.equal(manifest.snapshot, undefined);
  assert.equal(manifest.wallMsMax, undefined);
  assert.equal(manifest.cpuMsMax, undefined);
  assert.equal(manifest.clock, undefined);
});

Deno.test("every mistake is reported, each at its line and column", () => {
  checkRefused(
    `name = "Shop!"
languge = "c"
module = "../x.wasm"

[[routes]]
path = "shop"

[limits]
memory = 64
timeout = "5"
`,
    "skerry.toml:1:8: name: expected 1 to 63 of a-z, 0-9 and inner hyphens",
    "skerry.toml:3:10: module: expected a relative path that stays inside the manifest's folder",
    'skerry.toml:6:8: routes.0.path: expected a path that begins with "/", such as "/shop" or "/shop/..."',
    'skerry.toml:9:10: limits.memory: expected a size such as "64MiB"',
    'skerry.toml:10:11: limits.timeout: expected a duration such as "5s" or "250ms", of at most 24 days',
    'skerry.toml:2:1: unknown key "languge"',
  );
});

Deno.test("a snapshot is the name of an export, and not left empty", () => {
  const expected = 'snapshot: expected the name of an export such as "_initialize"';
  const rest = 'name = "a"\nmodule = "a.wasm"\n';
  checkRefused(`${rest}snapshot = ""\n`, `skerry.toml:3:12: ${expected}`);
  checkRefused(`${rest}snapshot = true\n`, `skerry.toml:3:12: ${expected}`);
});

Deno.test("a clock is a policy that is known", () => {
  const expected = "clock: expected real, coarse:1ms, frozen, or fixed:2000-01-01T00:00:00Z";
  const rest = 'name = "a"\nmodule = "a.wasm"\n';
  assert.deepEqual(check(`${rest}clock = "frozen"\n`).clock, { kind: "frozen" });
  checkRefused(`${rest}clock = "fine"\n`, `skerry.toml:3:9: ${expected}`);
  checkRefused(`${rest}clock = 1\n`, `skerry.toml:3:9: ${expected}`);
});

Deno.test("a service whose routes all lead to backends needs no program on a node, and has nothing that were for one", () => {
  const text = 'name = "a"\nroutes = [{ path = "/...", backend = "b" }]\n';
  const backends = '[backends.b]\nurl = "https://b.example"\n';
  const parsed = parseManifest(text + backends, "a node");
  assert.ok(parsed.ok && !parsed.value.hasProgram, JSON.stringify(parsed));
  checkRefused(
    text + backends,
    "skerry.toml:1:1: there is no program: a service of backends alone is for `skerry deploy`",
  );
  const more = parseManifest(`${text}snapshot = "x"\n${backends}[health]\npath = "/"\n`, "a node");
  assert.ok(!more.ok);
  assert.deepEqual(more.error.map(({ message }) => message), [
    "snapshot: there is no program that it could be for",
    "health: there is no program that it could be for",
  ]);
});

Deno.test("what is no TOML is reported where it breaks", () => {
  checkRefused(
    'name = \nlanguage = "c"',
    "skerry.toml:2:1: this is not TOML: unexpected character",
  );
});

Deno.test("contradictions between keys are reported", () => {
  checkRefused(
    'name = "a"\n',
    'skerry.toml:1:1: expected a "language" and a [build] table, or a prebuilt "module"',
  );
  checkRefused(
    'name = "a"\nmodule = "a.wasm"\n[[routes]]\npath = "/x"\n[[routes]]\npath = "/x/..."\n',
    "skerry.toml:6:8: routes: this path stands twice",
  );
  const bundle = '[[bundles]]\nguest = "/x"\npath = "x"\n';
  checkRefused(
    `name = "a"\nmodule = "a.wasm"\n${bundle}${bundle}`,
    "skerry.toml:7:9: bundles: this guest path stands twice",
  );
  checkRefused(
    `name = "a"\nmodule = "a.wasm"\n${bundle}[[directories]]\nguest = "/x"\nhost = "y"\n`,
    "skerry.toml:7:9: directories: a bundle has this guest path",
  );
  checkRefused(
    'name = "a"\nmodule = "a.wasm"\n[[bundles]]\nguest = "x"\npath = "../y"\nmode = "rw"\n',
    'skerry.toml:4:9: bundles.0.guest: expected an absolute path such as "/usr"',
    "skerry.toml:5:8: bundles.0.path: expected a relative path that stays inside the manifest's folder",
    'skerry.toml:6:8: bundles.0.mode: expected "cow" or "ro"',
  );
  checkRefused(
    'name = "a"\nlanguage = "c"\n',
    "skerry.toml:2:1: language: expected a [build] table with the sources",
  );
});

const forNode = `name = "shop"
module = "shop.wasm"

[[routes]]
path = "/..."
host = "Bücher.Example."

[[routes]]
path = "/api"
host = "*.shop.example"
backend = "api"

[backends.api]
url = "HTTPS://api.example:443"
host = "internal"
http2 = true
cache = "pass"
connect = "2s"
first-byte = "10s"
between-bytes = "30s"
retries = 0
connections = 5

[backends.api.health]
path = "/up?deep"
every = "5s"
status = 204

[backends.other]
url = "http://127.0.0.1:8080"

[health]
path = "/healthz"
`;

Deno.test("hosts, backends and health are read, hosts and origins in their canonical form", () => {
  const { routes, backends, health } = check(forNode);
  assert.deepEqual(routes, [
    { prefix: "", host: "xn--bcher-kva.example", backend: undefined },
    { prefix: "/api", host: "*.shop.example", backend: "api" },
  ]);
  assert.deepEqual(backends.get("api"), {
    origin: "https://api.example",
    host: "internal",
    http2: true,
    cache: "pass",
    connectMsMax: 2_000,
    firstByteMsMax: 10_000,
    betweenBytesMsMax: 30_000,
    retriesMax: 0,
    connectionsMax: 5,
    health: { path: "/up?deep", everyMs: 5_000, status: 204 },
  });
  assert.equal(backends.get("other")?.origin, "http://127.0.0.1:8080");
  assert.deepEqual(health, { path: "/healthz", status: 200 });
});

Deno.test("mistakes in hosts, backends and health have their places", () => {
  checkRefused(
    `name = "a"
module = "a.wasm"
[[routes]]
path = "/"
host = "a.example:80"
[backends.Api]
url = "ftp://x"
retries = 1.5
connections = 0
tls = true
[health]
path = "up"
status = 99
`,
    "skerry.toml:5:8: routes.0.host: a host is told without a port",
    "skerry.toml:6:1: backends.Api: expected 1 to 63 of a-z, 0-9 and inner hyphens",
    'skerry.toml:7:7: backends.Api.url: expected "http://" or "https://", a host and perhaps a port',
    "skerry.toml:8:11: backends.Api.retries: expected a whole number",
    "skerry.toml:9:15: backends.Api.connections: expected at least 1",
    'skerry.toml:10:1: unknown key "backends.Api.tls"',
    'skerry.toml:12:8: health.path: expected a path such as "/healthz"',
    "skerry.toml:13:10: health.status: expected a status from 200 to 599",
  );
  checkRefused(
    'name = "a"\nmodule = "a.wasm"\n[[routes]]\npath = "/"\nbackend = "toString"\n',
    "skerry.toml:5:11: routes.0.backend: there is no [backends.toString]",
  );
  const route = (host: string) => `[[routes]]\npath = "/x"\nhost = "${host}"\n`;
  checkRefused(
    `name = "a"\nmodule = "a.wasm"\n${route("a.example")}${route("b.example")}${
      route("A.example.")
    }`,
    "skerry.toml:10:8: routes: this path stands twice",
  );
});

Deno.test("a node is given no directories of its machine", () => {
  const text = 'name = "a"\nmodule = "a.wasm"\n[[directories]]\nguest = "/x"\nhost = "y"\n';
  assert.ok(parseManifest(text).ok);
  const parsed = parseManifest(text, "a node");
  assert.ok(!parsed.ok);
  assert.deepEqual(parsed.error.map((problem) => formatDiagnostic("skerry.toml", problem)), [
    "skerry.toml:3:1: directories: a node hands out no directories of its machine; use [[bundles]]",
  ]);
});

Deno.test("a missing name is named", () => {
  checkRefused('module = "a.wasm"\n', 'skerry.toml:1:1: the key "name" is missing');
});

Deno.test("a duration that no timer can count is refused", () => {
  checkRefused(
    'name = "a"\nmodule = "a.wasm"\nlimits.timeout = "600h"\n',
    'skerry.toml:3:18: limits.timeout: expected a duration such as "5s" or "250ms", of at most 24 days',
  );
});

Deno.test("a variable is kept or refused, whatever its name is", () => {
  const head = 'name = "a"\nmodule = "a.wasm"\n[env]\n';
  for (const name of ["__proto__", "constructor", "prototype"]) {
    checkRefused(`${head}${name} = "x"\n`, `skerry.toml:4:1: no key may be named "${name}"`);
  }
  for (const name of ["toString", "hasOwnProperty", "valueOf", "__defineGetter__"]) {
    assert.deepEqual(check(`${head}${name} = "x"\n`).env, new Map([[name, "x"]]));
  }
});

Deno.test("names that every object has are refused as keys, wherever they stand", () => {
  checkRefused("[__proto__]\nx = 1\n", 'skerry.toml:1:2: no key may be named "__proto__"');
  checkRefused("constructor = 1\n", 'skerry.toml:1:1: no key may be named "constructor"');
  checkRefused('a = [{ "__proto__" = 1 }]\n', 'skerry.toml:1:8: no key may be named "__proto__"');
  assert.equal(parseManifest("toString = 1\n").ok, false);
});

Deno.test("what is nested deeper than 32 is refused at its place, however deep it is", () => {
  const refused = "tables and lists may be nested at most 32 deep";
  const key = Array.from({ length: 33 }, () => "a").join(".");
  checkRefused(`${key} = 1\n`, `skerry.toml:1:1: ${refused}`);
  checkRefused(`[${key}]\n`, `skerry.toml:1:2: ${refused}`);
  checkRefused(`x = ${"[".repeat(40)}${"]".repeat(40)}\n`, `skerry.toml:1:36: ${refused}`);
  checkRefused(`x = ${"{a=".repeat(40)}1${"}".repeat(40)}\n`, `skerry.toml:1:98: ${refused}`);
  // Whether the library's own stack is exhausted first depends on the machine.
  const parsed = parseManifest(`x = ${"[".repeat(30_000)}${"]".repeat(30_000)}\n`);
  assert.ok(!parsed.ok);
  assert.match(
    parsed.error.map(({ message }) => message).join(),
    /^[^,]*nested (too|at most 32) deep(ly)?$/,
  );
  checkRefused(`${"a.".repeat(32_000)}a = 1\n`, `skerry.toml:1:1: ${refused}`);
});

Deno.test("a key or value of any length, with anything in it, is a short complaint of one line", () => {
  checkRefused(
    `name = "a"\nmodule = "a.wasm"\n"${"x".repeat(15_000)}" = 1\n`,
    `skerry.toml:3:1: unknown key "${"x".repeat(200)}…"`,
  );
  checkRefused(
    'name = "a"\nmodule = "a.wasm"\n"\\u001B\\n" = 1\n',
    'skerry.toml:3:1: unknown key "\\u{1b}\\u{a}"',
  );
  const parsed = parseManifest(`name = "a"\nmodule = "a.wasm"\nlimits = "${"y".repeat(15_000)}"\n`);
  assert.ok(!parsed.ok && parsed.error.every(({ message }) => message.length < 300));
});

Deno.test("a text that is longer than a manifest is refused unread", () => {
  checkRefused("#".repeat(65_537), "skerry.toml: the manifest is longer than 65536 characters");
});

Deno.test("no text makes the parser throw", () => {
  assertProperty(property(string(), (text) => void parseManifest(text)));
});
