/** The module `skerry` of programs in JavaScript. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import { settingsFiles, type Subrequests } from "@skerry/hostcalls";
import { build } from "@skerry/languages";
import { systemClock } from "@skerry/platform";
import { frozenFiles, memoryFileSystem, type Preopen } from "@skerry/wasi";
import { echoBackends, GuestHouse, programOf } from "./guest_run.ts";

async function run(script: string, runs = 1): Promise<string[]> {
  const program = await programOf("javascript", script);
  const house = new GuestHouse(echoBackends);
  const printed: string[] = [];
  for (let index = 0; index < runs; index += 1) {
    const { stdout, stderr } = await house.run(program);
    printed.push(stdout + stderr);
  }
  return printed;
}

Deno.test("a program in JavaScript keeps, counts, lists and forgets keys, from one run to the next", async () => {
  const script = `
import { kv, KeyValueError } from "skerry";
const found = kv.get("count");
const count = Number(found?.text() ?? 0) + 1;
print(count, kv.put("count", String(count), found ? { ifGeneration: found.generation } : { ifAbsent: true }));
print(kv.put("count", "0", { ifAbsent: true }), kv.put("count", "0", { ifGeneration: 1000 }));
if (count < 3) kv.put("key" + count, JSON.stringify({ count }), { ttlMs: 60_000, metadata: "about " + count });
else {
  print([...kv.list()], [...kv.list({ prefix: "key" })], [...kv.list({ store: "other" })]);
  const { metadata, generation, expires } = kv.get("key2");
  print(kv.get("key2").json(), new TextDecoder().decode(metadata), generation, expires > new Date());
  print(kv.delete("key2", { ifGeneration: 1 }), kv.delete("key2"), kv.delete("key2"), kv.get("key2"));
  const large = new Uint8Array(1_000_000).fill(7);
  kv.put("large", large);
  print(kv.get("large").value.every((byte) => byte === 7), kv.get("large").value.length);
  try { kv.put("k".repeat(513), ""); } catch (error) { print(error instanceof KeyValueError, error.status); }
  for (let key = 0; key < 1000; key += 1) kv.put("many" + String(key).padStart(4, "0"), "");
  print([...kv.list({ prefix: "many" })].length);
}`;
  deepEqual(await run(script, 3), [
    "1 1\nundefined undefined\n",
    "2 3\nundefined undefined\n",
    `3 5
undefined undefined
["count", "key1", "key2"] ["key1", "key2"] []
{ count: 2 } about 2 4 true
false true false undefined
true 1000000
true TOO_LARGE
1000
`,
  ]);
});

Deno.test("fetch asks a backend, with a body or without, and gives a Response", async () => {
  const [printed] = await run(`
import { fetch } from "skerry";
const response = await fetch("echo", "/a?b", { method: "POST", headers: { "X-A": "1" }, body: "grüße" });
print(response.status, response.ok, [...response.headers], await response.text());
const chunks = await fetch("echo", "/", { method: "PUT", body: (async function* () { yield "a"; yield "b"; })() });
print(await chunks.text());
print((await (await fetch("echo", "/" + "x".repeat(9000))).text()).length);
const head = await fetch("echo", "/", { method: "HEAD" });
print(head.status, await head.text());`);
  equal(
    printed,
    `201 true [["content-type", "text/plain"], ["x-twice", "a, b"]] POST /a?b
content-type: text/plain;charset=UTF-8
x-a: 1
grüße
PUT /
ab
9006
201${" "}
`,
  );
});

Deno.test("fetch says what it wants of the cache", async () => {
  const program = await programOf(
    "javascript",
    `
import { fetch } from "skerry";
const wishes = [undefined, "pass", { ttlMs: 5 }, { ttlMs: 0, staleWhileRevalidateMs: 6, surrogateKeys: ["a", "b"] }];
for (const cache of wishes) print(await (await fetch("api", "/", { cache })).text());`,
  );
  const told: Subrequests = {
    has: () => true,
    send: (_, { caching }) =>
      Promise.resolve({
        kind: "response",
        response: { status: 200, fields: [], body: encodeUtf8(JSON.stringify(caching)) },
      }),
  };
  const { stdout } = await new GuestHouse(told).run(program);
  deepEqual(stdout.trimEnd().split("\n").map((line) => JSON.parse(line)), [
    { passes: false, surrogateKeys: [] },
    { passes: true, surrogateKeys: [] },
    { passes: false, lifetimeMs: 5, surrogateKeys: [] },
    { passes: false, lifetimeMs: 0, staleWhileRevalidateMs: 6, surrogateKeys: ["a", "b"] },
  ]);
});

Deno.test("requests that a program begins together are under way together", async () => {
  const [printed] = await run(`
import { fetch } from "skerry";
const texts = await Promise.all(["/1", "/2", "/3"].map(async (path) => (await fetch("together", path)).text()));
print(texts);`);
  equal(printed, '["3 of 3", "3 of 3", "3 of 3"]\n');
});

Deno.test("a backend that does not answer, breaks off, or is not there rejects with the reason", async () => {
  const [printed = ""] = await run(`
import { fetch } from "skerry";
const attempt = async (...args) => {
  try {
    const response = await fetch(...args);
    print(response.status, await response.text());
  } catch (error) {
    print(error instanceof TypeError, error.message);
  }
};
await attempt("away", "/");
await attempt("away", "/", { method: "POST", body: "x" });
await attempt("broken", "/");
await attempt("nobody", "/");
await attempt("echo", "/ HTTP/1.1\\r\\nX: 1");
await attempt("echo", "/", { method: "GET / HTTP/1.1\\r\\nX: 1\\r\\n" });
await attempt("echo", "/#a");
await attempt("echo", "/", { headers: { connection: "close" } });`);
  deepEqual(printed.replaceAll("\r", "").trimEnd().split("\n"), [
    "true backend away: ETIMEDOUT: the backend took too long",
    "true backend away: ETIMEDOUT: the backend took too long",
    "true backend broken: ECONNRESET: the connection broke",
    "true backend nobody: ENOENT: there is no such backend",
    "true a path is a slash and visible ASCII",
    'true "GET / HTTP/1.1',
    "X: 1",
    '" is not a method',
    "true backend echo: EINVAL: the request cannot be sent as it is",
    "true backend echo: EINVAL: the request cannot be sent as it is",
  ]);
});

Deno.test("the program that docs/hostcalls.md shows counts and asks its backend", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/hostcalls.md", import.meta.url));
  const [, script = ""] = /```js\n([^]*?)```/.exec(page) ?? [];
  const program = await programOf("javascript", script);
  const house = new GuestHouse(echoBackends);
  const env = { REQUEST_METHOD: "GET", PATH_INFO: "/a", HTTP_HOST: "skerry.example" };
  for (const seen of [1, 2]) {
    const { stdout, stderr } = await house.run(program, env);
    equal(stderr, "");
    match(stdout, /^Status: 201\n[^]*\n\nGET \/pages\/a\naccept: text\/html\n\nseen \d times\n$/);
    match(stdout, new RegExp(`seen ${seen} times`));
  }
});

Deno.test("the program that docs/hostcalls.md caches with renders a page once", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/hostcalls.md", import.meta.url));
  const [, , script = ""] = page.split(/```js\n/).map((part) => part.split("```")[0]);
  const program = await programOf("javascript", script);
  const house = new GuestHouse(echoBackends);
  const env = { REQUEST_METHOD: "GET", PATH_INFO: "/a", HTTP_HOST: "skerry.example" };
  const answers = [await house.run(program, env), await house.run(program, env)];
  match(answers[0]?.stdout ?? "", /^Status: 200\n[^]*\n\n<p>rendered \/a at .*Z<\/p>$/);
  deepEqual(answers[1]?.stdout, answers[0]?.stdout);
});

/** What a program prints, run with folders one after the other, in sandboxes that are used again. */
async function runWith(script: string, folders: readonly (readonly Preopen[])[]) {
  const program = await programOf("javascript", script);
  const house = new GuestHouse(echoBackends);
  const printed: string[] = [];
  for (const preopens of folders) {
    const { stdout, stderr } = await house.run(program, {}, 20_000, preopens);
    printed.push(stdout + stderr);
  }
  return printed;
}

const folder = (guestPath: string, files: Record<string, Uint8Array>): Preopen => ({
  guestPath,
  fileSystem: frozenFiles(Object.entries(files)),
  readOnly: true,
});

Deno.test("config and secret give the text of the files that this request was handed, and nothing of another's", async () => {
  const script = `
import { config, secret } from "skerry";
print(config("motd"), secret("api-key"), config("api-key"), secret("motd"), config("motd"));`;
  const trees = [
    { config: { motd: "grüße, 🌊" }, secrets: { "api-key": "one" } },
    { config: { motd: "" }, secrets: {} },
    { config: {}, secrets: {} },
    { config: { other: "x" }, secrets: { "api-key": "two" } },
  ].map((files) => settingsFiles(files));
  const expected = [
    "grüße, 🌊 one undefined undefined grüße, 🌊\n",
    " undefined undefined undefined \n",
    "undefined undefined undefined undefined undefined\n",
    "undefined two undefined undefined undefined\n",
  ];
  deepEqual(await runWith(script, trees), expected);
  const program = await programOf("javascript", script);
  const house = new GuestHouse(echoBackends);
  const together = trees.map((preopens) => house.run(program, {}, 20_000, preopens));
  deepEqual((await Promise.all(together)).map(({ stdout }) => stdout), expected);
});

Deno.test("what cannot be a name of a file there is refused, wherever it would lead", async () => {
  const names = ["", ".", "..", "../secrets/key", "a/b", "/key", ".key", "key\0", "x".repeat(129)];
  const [printed] = await runWith(
    `
import { config, secret } from "skerry";
for (const name of ${JSON.stringify(names)}) {
  for (const read of [config, secret]) {
    try { print(read(name)); } catch (error) { print(error instanceof TypeError); }
  }
}`,
    [[folder("/", { key: encodeUtf8("root") }), folder("/config", {})]],
  );
  equal(printed, "true\n".repeat(2 * names.length));
});

Deno.test("a file is read whole up to 1 MiB, what is not UTF-8 in it is replaced, and no descriptor stays open", async () => {
  const mib = 1024 * 1024;
  const files = folder("/config", {
    full: new Uint8Array(mib).fill(97),
    larger: new Uint8Array(mib + 1).fill(97),
    bytes: Uint8Array.of(0xef, 0xbb, 0xbf, 97, 0, 0xff),
  });
  const [printed] = await runWith(
    `
import { config } from "skerry";
print(config("full") === "a".repeat(${mib}), escape(config("bytes")));
for (let round = 0; round < 5000; round += 1) config("bytes");
try { config("larger"); } catch (error) { print(error.name, error.message); }`,
    [[files]],
  );
  equal(
    printed,
    "true %uFEFFa%00%uFFFD\nRangeError /config/larger is larger than 1048576 bytes\n",
  );
});

Deno.test("the folder with the longest name has the file, as in C, and a folder in its place is an error", async () => {
  const fileSystem = memoryFileSystem({ bytesMax: 1 << 20, filesMax: 9, clock: systemClock });
  const root = fileSystem.root();
  root.makeDirectory("config");
  const inner = root.lookup("config");
  ok(inner?.type === "directory");
  inner.makeDirectory("d");
  const file = inner.createFile("a", "write");
  file.write(encodeUtf8("root"), 0);
  file.close();
  for (const node of [inner, root]) node.release();
  const script = `
import { config } from "skerry";
print(config("a"), config("b"));
try { print(config("d")); } catch (error) { print(error.message); }`;
  const [whole, own] = [
    { guestPath: "/", fileSystem },
    folder("/config", { b: encodeUtf8("own") }),
  ];
  deepEqual(await runWith(script, [[whole], [whole, own], [own, whole]]), [
    "root undefined\n/config/d cannot be read (WASI error 31)\n",
    "undefined own\nundefined\n",
    "undefined own\nundefined\n",
  ]);
});

Deno.test("the program that docs/writing-services.md shows reads its configuration and its secret", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/writing-services.md", import.meta.url));
  const [, script = ""] = /```js\n([^]*?)```/.exec(page) ?? [];
  const program = await programOf("javascript", script);
  const house = new GuestHouse(echoBackends);
  const env = { REQUEST_METHOD: "GET", PATH_INFO: "/", HTTP_HOST: "skerry.example" };
  const set = { config: { motd: "open until six" }, secrets: { "api-key": "hush" } };
  for (
    const [files, told] of [
      [set, "open until six, with a key\n"],
      [{ config: {}, secrets: {} }, "closed, without a key\n"],
    ] as const
  ) {
    const { stdout, stderr } = await house.run(program, env, 20_000, settingsFiles(files));
    equal(stderr, "");
    equal(stdout.split("\n\n")[1], told);
  }
});

Deno.test("only a program that imports skerry imports more than WASI", async () => {
  const importsOf = async (script: string) => {
    const result = await build("javascript", new Map([["main.js", encodeUtf8(script)]]));
    ok(result.ok);
    const module = new WebAssembly.Module(result.value.wasm);
    return new Set(WebAssembly.Module.imports(module).map((wanted) => wanted.module));
  };
  deepEqual([...await importsOf(`print("skerry");`)], ["wasi_snapshot_preview1"]);
  deepEqual([...await importsOf(`import { kv } from "skerry"; print(kv);`)].toSorted(), [
    "skerry_cache",
    "skerry_http",
    "skerry_kv",
    "wasi_snapshot_preview1",
  ]);
});

Deno.test("a program in JavaScript caches what it has computed, and purges it", async () => {
  const script = `
import { cache, CacheError } from "skerry";
print(cache.get("a")?.text());
cache.set("a", "grüße", { ttlMs: 60_000, surrogateKeys: ["x", "y"], staleWhileRevalidateMs: 1000 });
const found = cache.get("a");
print(found.text(), found.size, found.isUsable, found.isStale, found.ttlMs <= 60_000, found.hits);
cache.purge("a", { soft: true });
print(cache.get("a").isStale);
cache.purgeKeys("y");
print(cache.get("a"));
const compute = () => { print("computes"); return { value: "made", metadata: "about" }; };
const options = { ttlMs: 60_000, surrogateKeys: "x" };
for (let time = 0; time < 2; time += 1) {
  print(new TextDecoder().decode(await cache.getOrSet("b", compute, options)));
}
const looked = cache.lookup("b");
print(new TextDecoder().decode(looked.metadata), looked.text());
looked.close();
const large = new Uint8Array(300_000).map((_, index) => index % 251);
const writer = cache.insert("large", { ttlMs: 1000, size: large.length });
writer.write(large.subarray(0, 1000));
writer.write(large.subarray(1000));
writer.close();
print(cache.get("large").value.every((byte, index) => byte === index % 251), cache.get("large").size);
const speaks = (language) => ({ headers: { "accept-language": language } });
const german = cache.insert("c", { ttlMs: 1000, vary: "accept-language", ...speaks("de") });
german.write("hallo");
german.close();
print(cache.lookup("c", speaks("en")), cache.lookup("c", speaks("de")).text());
const transaction = cache.transaction("d");
print(transaction.mustInsert, transaction.found);
try { cache.transaction("d"); } catch (error) { print(error instanceof CacheError, error.status); }
transaction.close();
cache.set("d", "old", { ttlMs: 1000 });
cache.purge("d", { soft: true });
const again = cache.transaction("d");
print(again.mustInsert, again.found.isUsable);
again.update({ ttlMs: 1000 });
print(cache.get("d").text());
try { cache.set("", ""); } catch (error) { print(error.message); }`;
  deepEqual(await run(script), [
    `undefined
grüße 7 true false true 0
true
undefined
computes
made
made
about made
true 300000
undefined hallo
true undefined
true EDEADLK
true false
old
EINVAL: an empty key, or an option that there is not
`,
  ]);
});
