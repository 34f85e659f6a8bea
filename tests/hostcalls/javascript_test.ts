/** The module `skerry` of programs in JavaScript. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import { build } from "@skerry/languages";
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

Deno.test("only a program that imports skerry imports more than WASI", async () => {
  const importsOf = async (script: string) => {
    const result = await build("javascript", new Map([["main.js", encodeUtf8(script)]]));
    ok(result.ok);
    const module = new WebAssembly.Module(result.value.wasm);
    return new Set(WebAssembly.Module.imports(module).map((wanted) => wanted.module));
  };
  deepEqual([...await importsOf(`print("skerry");`)], ["wasi_snapshot_preview1"]);
  deepEqual([...await importsOf(`import { kv } from "skerry"; print(kv);`)].toSorted(), [
    "skerry_http",
    "skerry_kv",
    "wasi_snapshot_preview1",
  ]);
});
