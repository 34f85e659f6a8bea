import assert from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import { build } from "../mod.ts";
import { type ProgramInput, request, runProgram } from "../testing.ts";

async function buildScript(main: string, others: Record<string, string> = {}) {
  const files = Object.entries({ "main.js": main, ...others });
  const result = await build(
    "javascript",
    new Map(files.map(([path, text]) => [path, encodeUtf8(text)])),
  );
  assert.ok(result.ok, result.ok ? "" : result.error.raw);
  return result.value.wasm;
}

/** Builds `export default { fetch(request, env) { … } }` and answers one request with it. */
async function answer(body: string, method = "GET", path = "/", input: ProgramInput = {}) {
  const wasm = await buildScript(`export default { async fetch(request, env) { ${body} } };`);
  return await request(wasm, method, path, input);
}

async function run(main: string, others: Record<string, string> = {}) {
  return await runProgram(await buildScript(main, others));
}

Deno.test("a handler sees method, URL, headers, body and its own variables", async () => {
  const { stdout } = await answer(
    `const { url, method, headers } = request;
     return Response.json({ url, method, headers: [...headers], body: await request.text(), env });`,
    "POST",
    "/a%20b/%3F?x=1&y=%C3%BC",
    {
      stdin: "grüße ".repeat(1000),
      env: { GREETING: "hi", HTTP_ACCEPT_LANGUAGE: "de", CONTENT_TYPE: "text/plain", HTTPS: "on" },
    },
  );
  const [head = "", body = ""] = stdout.split("\n\n");
  assert.equal(head, "Status: 200\ncontent-type: application/json");
  assert.deepEqual(JSON.parse(body), {
    url: "https://skerry.example/a%20b/%3F?x=1&y=%C3%BC",
    method: "POST",
    headers: [
      ["accept-language", "de"],
      ["content-length", "8000"],
      ["content-type", "text/plain"],
      ["host", "skerry.example"],
    ],
    body: "grüße ".repeat(1000),
    env: { GREETING: "hi", SCRIPT_NAME: "" },
  });
});

Deno.test("status, headers and cookies of a response come out one line each", async () => {
  const { stdout } = await answer(`
    const headers = new Headers([["Set-Cookie", "a=1, 2"], ["X-B", "1"], ["x-b", "2"], ["Status", "418"]]);
    headers.append("set-cookie", "b=2");
    return new Response("no", { status: 404, statusText: "Not Here", headers });`);
  assert.equal(
    stdout,
    "Status: 404 Not Here\ncontent-type: text/plain;charset=UTF-8\nset-cookie: a=1, 2\nset-cookie: b=2\nx-b: 1, 2\n\nno",
  );
});

Deno.test("bodies may be bytes, parameters, nothing, or chunks as they come", async () => {
  const cases: [string, string][] = [
    ["new Uint8Array([104, 105])", "Status: 200\ncontent-type: application/octet-stream\n\nhi"],
    [
      "new URLSearchParams({ a: 'b c' })",
      "Status: 200\ncontent-type: application/x-www-form-urlencoded;charset=UTF-8\n\na=b+c",
    ],
    ["null", "Status: 200\n\n"],
    [
      "(async function* () { yield 'a'; yield new Uint8Array([98]); })()",
      "Status: 200\ncontent-type: application/octet-stream\n\nab",
    ],
  ];
  for (const [body, expected] of cases) {
    assert.equal((await answer(`return new Response(${body});`)).stdout, expected);
  }
  const { stdout } = await answer(`return Response.redirect("/there", 303);`);
  assert.equal(stdout, "Status: 303\nlocation: /there\n\n");
});

Deno.test("a handler may wait for timers and promises", async () => {
  const { stdout } = await answer(`
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms, ms));
    setInterval(() => {}, 1000);
    return new Response(String(await Promise.all([wait(0), wait(0)])));`);
  assert.match(stdout, /\n\n0,0$/);
});

Deno.test("what a handler throws goes to stderr with its place, and the exit code is 1", async () => {
  const wasm = await buildScript(
    `import { fail } from "./lib/fail.js";\nexport default {\n  fetch() { fail(); },\n};`,
    {
      "lib/fail.js":
        `export function fail() {\n  throw new TypeError("bad", { cause: "worse" });\n}`,
    },
  );
  const { stdout, stderr, exitCode } = await request(wasm, "GET", "/");
  assert.equal(
    stderr,
    'Uncaught TypeError: bad\n    at fail (lib/fail.js:2:13)\n    at fetch (main.js:3:13)\ncaused by "worse"\n',
  );
  assert.equal(stdout, "");
  assert.equal(exitCode, 1);
});

Deno.test("what goes wrong outside a handler ends the program with a message", async () => {
  const cases: [string, RegExp][] = [
    [`Promise.reject(new Error("lost"));`, /^Uncaught Error: lost\n {4}at .*main\.js:1/],
    [
      `await new Promise(() => {});`,
      /^Uncaught Error: the program waits for something that never comes/,
    ],
    [`export default 7;`, /^Uncaught TypeError: the default export must have a function fetch/],
    [`export default { fetch: () => new Response() };`, /^Uncaught Error: there is no request/],
    [`await import("./x.js");`, /^Uncaught TypeError: import\(\) is not available/],
    [`setTimeout(() => { throw 7; });`, /^Uncaught 7\n/],
  ];
  for (const [script, expected] of cases) {
    const { stderr, exitCode } = await run(script);
    assert.match(stderr, expected);
    assert.equal(exitCode, 1);
  }
  const { stderr } = await answer("return 7;");
  assert.match(stderr, /^Uncaught TypeError: fetch must return a Response/);
});

Deno.test("a rejection that is handled later is no failure", async () => {
  const { stdout, exitCode } = await run(
    `const late = Promise.reject(new Error("x")); setTimeout(() => late.catch(() => print("caught")));`,
  );
  assert.equal(stdout, "caught\n");
  assert.equal(exitCode, 0);
});

Deno.test("a script without a default export is a plain program: print to stdout, console to stderr", async () => {
  const { stdout, stderr, exitCode } = await run(
    `print("a", 1, { b: [null, "c"] }); console.log(new Map([["k", new Set([1n])]]), scriptArgs);
     setTimeout(print, 5, "later"); let left = 2;
     const every = setInterval(() => { print(left); if (--left === 0) clearInterval(every); }, 10);`,
  );
  assert.equal(stdout.split("\n")[0], 'a 1 { b: [null, "c"] }');
  assert.deepEqual(stdout.split("\n").slice(1).sort(), ["", "1", "2", "later"]);
  assert.equal(stderr, 'Map(1) { "k" => Set(1) { 1n } } ["program"]\n');
  assert.equal(exitCode, 0);
});

Deno.test("modules of the project import each other, each evaluated once, in order", async () => {
  const { stdout } = await run(`import "./a/b.js"; import { c } from "./c.js"; print("main", c);`, {
    "a/b.js": `import { c } from "../c.js"; print("b", c);`,
    "c.js": `print("c"); export const c = await Promise.resolve(3);`,
  });
  assert.equal(stdout, "c\nb 3\nmain 3\n");
});

Deno.test("deep recursion is a RangeError that the program can catch", async () => {
  const { stdout } = await run(
    `function f() { return f() + 1; } try { f(); } catch (fault) { print(fault instanceof RangeError); }`,
  );
  assert.equal(stdout, "true\n");
});

Deno.test("nothing is frozen at build time: evaluation, randomness and time are the request's own", async () => {
  const wasm = await buildScript(
    `let count = 0; export default { fetch() { count += 1; return new Response([count, Date.now(), Math.random() > 0, performance.now() < 1e6, crypto.randomUUID()].join()); } };`,
  );
  for (let round = 0; round < 2; round += 1) {
    const { stdout } = await request(wasm, "GET", "/");
    assert.match(
      stdout,
      /\n\n1,1700000000000,true,true,[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  }
});

Deno.test("the prelude's own doors are closed to programs", async () => {
  const { stdout } = await run("print(typeof skerryHost, typeof skerryHooks);");
  assert.equal(stdout, "undefined undefined\n");
  const result = await build(
    "javascript",
    new Map([["main.js", encodeUtf8('import "skerry:host.js";')]]),
  );
  assert.ok(!result.ok);
  assert.match(result.error.raw, /^main\.js:1:8: cannot import "skerry:host\.js"/);
});

Deno.test("of WASI's calls, those that open files are imported by programs that import skerry alone", async () => {
  const callsOf = async (script: string) => {
    const module = new WebAssembly.Module(await buildScript(script));
    return WebAssembly.Module.imports(module).flatMap(({ module, name }) =>
      module === "wasi_snapshot_preview1" ? [name] : []
    );
  };
  const plain = new Set(await callsOf(`print("skerry");`));
  const more = await callsOf(`import { config, secret } from "skerry"; print(config, secret);`);
  assert.deepEqual(more.filter((name) => !plain.has(name)).toSorted(), [
    "fd_prestat_dir_name",
    "fd_prestat_get",
    "path_open",
    "sock_shutdown",
  ]);
});

Deno.test("text is encoded and decoded as the Encoding standard says", async () => {
  const { stdout } = await run(`
    const bytes = (...values) => Uint8Array.from(values);
    print([...new TextEncoder().encode("\\ud800a€")].join());
    print(escape(new TextDecoder().decode(bytes(0xef, 0xbb, 0xbf, 0x61, 0xff, 0xe2, 0x82, 0x62))));
    const stream = new TextDecoder();
    print([...[0xf0, 0x9f, 0x98, 0x80]].map((byte) => stream.decode(bytes(byte), { stream: true })).join("|"));
    try { new TextDecoder("utf-8", { fatal: true }).decode(bytes(0xc0)); } catch (fault) { print(fault.name); }`);
  assert.equal(
    stdout,
    "239,191,189,97,226,130,172\na%uFFFD%uFFFDb\n|||😀\nTypeError\n",
  );
});
