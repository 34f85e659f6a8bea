import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { build, type Language } from "./mod.ts";
import { request, runProgram } from "./testing.ts";

/** Builds an example from the files of its folder, as its manifest's `sources` would. */
async function buildExample(language: Language, name: string, folder = "", flags: string[] = []) {
  const root = new URL(`../../examples/${name}/`, import.meta.url);
  const names = (await readdir(new URL(folder, root))).filter((file) =>
    /\.(?!md|toml)\w+$/.test(file)
  );
  const sources = await Promise.all(
    names.map(async (file) =>
      [folder + file, new Uint8Array(await readFile(new URL(folder + file, root)))] as const
    ),
  );
  const entry = names.find((file) => file.startsWith("main."));
  const result = await build(language, new Map(sources), { entry: `${folder}${entry}`, flags });
  assert.ok(result.ok, result.ok ? "" : result.error.raw);
  assert.deepEqual(result.value.diagnostics, []);
  return result.value.wasm;
}

const bodyOf = ({ stdout }: { stdout: string }) => stdout.slice(stdout.indexOf("\n\n") + 2);

Deno.test("markdown-c renders blocks and spans, and lets no code through", async () => {
  const wasm = await buildExample("c", "markdown-c", "src/", ["-std=c23", "-Wall", "-Wextra"]);
  const cases: [string, string][] = [
    ["# A *b*\n\nC\n===\n", "<h1>A <em>b</em></h1>\n<h1>C</h1>\n"],
    [
      "a **b _c_** `<d>`  \ne ~~f~~",
      "<p>a <strong>b <em>c</em></strong> <code>&lt;d&gt;</code><br>\ne <del>f</del></p>\n",
    ],
    [
      "- a\n- b\n  1. c\n\n> d\ne",
      "<ul>\n<li>a\n</li>\n<li>b\n<ol>\n<li>c\n</li>\n</ol>\n</li>\n</ul>\n<blockquote>\n<p>d\ne</p>\n</blockquote>\n",
    ],
    [
      "```js\na < b\n```\n\n    c\n\n---",
      '<pre><code class="language-js">a &lt; b\n</code></pre>\n<pre><code>c\n</code></pre>\n<hr>\n',
    ],
    [
      '[a](/b "c") ![d](e)',
      '<p><a rel="nofollow noopener" href="/b" title="c">a</a> <img src="e" alt="d"></p>\n',
    ],
    ["[a](javascript:x) [b](<JAVA\u0001SCRIPT:x>) ![c](data:x)", "<p>a b c</p>\n"],
    ["<script>\"&'", "<p>&lt;script&gt;&quot;&amp;&#39;</p>\n"],
    [
      '[x](/"onclick="y)',
      '<p><a rel="nofollow noopener" href="/&quot;onclick=&quot;y">x</a></p>\n',
    ],
  ];
  for (const [markdown, html] of cases) {
    assert.equal(bodyOf(await request(wasm, "POST", "/", { stdin: markdown })), html);
  }
  assert.match((await request(wasm, "GET", "/")).stdout, /^Status: 200 OK\n[^]*<textarea/);
  assert.match((await request(wasm, "PUT", "/")).stdout, /^Status: 405 /);
  const large = await request(wasm, "POST", "/", { stdin: "x".repeat(2 ** 20 + 1) });
  assert.match(large.stdout, /^Status: 413 /);
});

Deno.test("json-api-javascript routes, validates and answers with the status that fits", async () => {
  const wasm = await buildExample("javascript", "json-api-javascript", "src/");
  const cases: [string, string, string, number, unknown][] = [
    ["GET", "/products/rope", "", 200, { id: "rope", name: "Hemp rope, 10 m", price: 1250 }],
    ["GET", "/products/%zz", "", 400, undefined],
    ["GET", "/nowhere", "", 404, undefined],
    ["DELETE", "/products", "", 405, undefined],
    ["POST", "/orders/quote", "{", 400, undefined],
    ["POST", "/orders/quote", '{"items":[{"id":1}],"coupon":2}', 422, undefined],
  ];
  for (const [method, path, stdin, status, expected] of cases) {
    const response = await request(wasm, method, path, {
      stdin,
      env: { CONTENT_TYPE: "application/json" },
    });
    assert.ok(response.stdout.startsWith(`Status: ${status}\n`), response.stdout);
    const body = JSON.parse(bodyOf(response));
    if (expected === undefined) assert.equal(body.status, status);
    else assert.deepEqual(body, expected);
  }
  const quote = await request(wasm, "POST", "/orders/quote", {
    stdin: '{"items":[{"id":"rope","quantity":3}],"coupon":"SKERRY10"}',
    env: { CONTENT_TYPE: "application/json" },
  });
  assert.equal(JSON.parse(bodyOf(quote)).total, 3375);
});

Deno.test("ab-router-assemblyscript draws by weight, and a cookie keeps the variant", async () => {
  const wasm = await buildExample("assemblyscript", "ab-router-assemblyscript");
  const explain = async (env: Record<string, string>) => {
    const response = await request(wasm, "GET", "/explain", { env });
    const { variant } = JSON.parse(bodyOf(response));
    return { variant, sets: response.stdout.includes(`\nSet-Cookie: ab-variant=${variant};`) };
  };
  const drawn = await explain({ VARIANTS: "off=0,on=1" });
  assert.deepEqual(drawn, { variant: "on", sets: true });
  const weights = { VARIANTS: "classic=99,bold=1" };
  const kept = await explain({ ...weights, HTTP_COOKIE: "x=y; ab-variant=bold" });
  assert.deepEqual(kept, { variant: "bold", sets: false });
  const gone = await explain({ VARIANTS: "classic=1", HTTP_COOKIE: "ab-variant=bold" });
  assert.deepEqual(gone, { variant: "classic", sets: true });
  const page = await request(wasm, "GET", "/%3Cb%3E", { env: weights });
  assert.ok(page.stdout.includes("&lt;b>") && !page.stdout.includes("<b>"));
});

Deno.test("hello-wat echoes the method and the path", async () => {
  const wasm = await buildExample("wat", "hello-wat");
  assert.equal(bodyOf(await request(wasm, "DELETE", "/a/b")), "DELETE /a/b\n");
  assert.equal((await runProgram(wasm)).exitCode, 0);
});

Deno.test("misbehaving-c does what its paths promise", async () => {
  const flags = ["-O1", "-fno-optimize-sibling-calls", "-Wall", "-Wextra"];
  const wasm = await buildExample("c", "misbehaving-c", "", flags);
  const cases: [string, string, RegExp | undefined, number][] = [
    ["/count", "data: 1\nbss: 1\nfile: none", undefined, 0],
    ["/deep?depth=3", "depth 3: 3", undefined, 0],
    ["/endless-recursion", "", /out of bounds|call stack/, -1],
    ["/out-of-bounds", "", /out of bounds/, -1],
    ["/divide-by-zero", "", /divide by zero/, -1],
    ["/abort", "", /unreachable/, -1],
    ["/half", "", /unreachable/, -1],
    ["/half-flushed", "half of the answ", /unreachable/, -1],
    ["/exit-3", "", undefined, 3],
    ["/env", "REQUEST_METHOD=POST\n", undefined, 0],
    ["/echo", "to and fro", undefined, 0],
    ["/sleep?ms=5", "slept 5 ms", undefined, 0],
    ["/stderr", "logged\n", undefined, 0],
  ];
  for (const [path, start, trap, exitCode] of cases) {
    const output = await request(wasm, "POST", path, { stdin: "to and fro" });
    assert.ok(bodyOf(output).startsWith(start), `${path}: ${output.stdout}`);
    if (trap === undefined) assert.equal(output.trap, undefined, path);
    else assert.match(output.trap ?? "", trap);
    assert.equal(output.exitCode, exitCode, path);
  }
  const big = await request(wasm, "GET", "/big?mib=2");
  assert.equal(bodyOf(big).length, 2 * 2 ** 20);
  assert.equal((await request(wasm, "GET", "/no-header")).stdout.split("\n\n").length, 1);
});

Deno.test("qr-cpp draws the code that the standard's rules give, as SVG and as text", async () => {
  const flags = ["-Wall", "-Wextra", "-Wno-c23-extensions"];
  const wasm = await buildExample("cpp", "qr-cpp", "src/", flags);
  const ask = (query: string) => request(wasm, "GET", `/?${query}`);
  // Checked once with an independent decoder, which read it as "skerry".
  const expected = `
█████████████████████████████
█████████████████████████████
████ ▄▄▄▄▄ ███▀▄▄█ ▄▄▄▄▄ ████
████ █   █ █ ▀ ▄██ █   █ ████
████ █▄▄▄█ █ ▄ ▄ █ █▄▄▄█ ████
████▄▄▄▄▄▄▄█ ▀▄▀ █▄▄▄▄▄▄▄████
████ ▀▄ ▄ ▄██ ▄█ █▄ ▄▄▄█▀████
████  █▀█ ▄▀▄█▀▄█▄█▀  ▀ ▀████
████▄███▄█▄█ ▀█ ▀ ▀▀▄▀▀▀▀████
████ ▄▄▄▄▄ █▀▄█▀ ▀ ▄█  ▄▀████
████ █   █ █  ▄█ ██▄ ▄▀▄█████
████ █▄▄▄█ █▄█▀▄█▄█▀▀▀▀██████
████▄▄▄▄▄▄▄█▄█▄▄█▄█▄█▄█▄█████
█████████████████████████████
█████████████████████████████
`.slice(1);
  assert.equal(bodyOf(await ask("text=%73kerry&format=txt")), expected);
  for (const [bytes, side] of [[14, 21], [15, 25], [213, 57], [2331, 177]] as const) {
    const { stdout } = await ask(`text=${"x".repeat(bytes)}`);
    assert.ok(stdout.includes(`viewBox="0 0 ${side + 8} ${side + 8}"`), `${bytes} bytes`);
  }
  assert.match((await ask(`text=${"x".repeat(2332)}`)).stdout, /^Status: 414 /);
  assert.match((await ask("")).stdout, /^Status: 200 [^]*<form>/);
  assert.match((await ask("text=")).stdout, /^Status: 400 /);
  assert.match((await ask("text=a&format=png")).stdout, /^Status: 400 /);
});
