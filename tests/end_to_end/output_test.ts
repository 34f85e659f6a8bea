import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { root, skerry } from "./skerry.ts";

const text = `(module (import "a\\1b]0;\\n" "\\c2\\9b\\e2\\80\\ae" (func $f))
  (func $start (export "_start")) (func (export "\\1b[2J\\7f") (result i32) (i32.const 4)))`;

const module = () => parse(text).then((bytes) => new Uint8Array(bytes));

/** Printable ASCII and line feeds alone. */
const plain = /^[ -~\n]+$/;

/** Runs `skerry …` with its standard output on a device that is always full. */
async function withFullStdout(args: readonly string[]) {
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", 'exec node "$@" > /dev/full', "sh", `${root}/bin/skerry.mjs`, ...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("nothing that a module is made of reaches the terminal as more than text", async () => {
  const stdin = await module();
  for (const options of [[], ["--format", "json"], ["--wat"]]) {
    const { code, stdout } = await skerry(["inspect", "-", ...options], { stdin });
    assert.equal(code, 0);
    assert.match(stdout, plain, options.join(" "));
  }
  for (const options of [[], ["--invoke", "absent"]]) {
    const { code, stderr } = await skerry(["run", ...options, "-"], { stdin });
    assert.equal(code, 1);
    assert.match(stderr, plain);
  }
  const exportsOnly = new Uint8Array(
    await parse('(module (func (export "\\1b[2J\\7f\\e2\\80\\ae")))'),
  );
  const { stderr } = await skerry(["run", "-"], { stdin: exportsOnly });
  assert.match(stderr, /its functions: \\u\{1b\}\[2J/);
  assert.match(stderr, plain);
});

Deno.test("the text of a module with such names is still that module", async () => {
  const stdin = await module();
  const { stdout } = await skerry(["inspect", "-", "--wat"], { stdin });
  assert.deepEqual(new Uint8Array(await parse(stdout)), stdin);
  const json = await skerry(["inspect", "-", "--format", "json"], { stdin });
  assert.equal(JSON.parse(json.stdout).imports[0].name, "\x9b\u202e");
});

Deno.test("output that cannot be written is an operating error of every verb that prints", async () => {
  const file = await Deno.makeTempFile({ suffix: ".wasm" });
  await Deno.writeFile(
    file,
    new Uint8Array(await parse('(module (func (export "f") (result i32) (i32.const 4)))')),
  );
  const artifact = file.replace(/wasm$/, "skerry.wasm");
  try {
    for (
      const args of [
        ["run", "--invoke", "f", file],
        ["run", "--timeout", "60s", "--invoke", "f", file],
        ["inspect", file],
        ["inspect", "--wat", file],
        ["compile", file],
        ["verify", artifact],
        ["doctor"],
        ["--version"],
      ]
    ) {
      const { code, stderr } = await withFullStdout(args);
      assert.equal(code, 1, args.join(" "));
      assert.match(stderr, /SKERRY_FILE_UNWRITABLE/);
      assert.doesNotMatch(stderr, /bug/);
    }
  } finally {
    await Deno.remove(file);
    await Deno.remove(artifact);
  }
});

Deno.test("a reader that has left is no news: exit code 1, and silence", async () => {
  const process = new Deno.Command("node", {
    args: [`${root}/bin/skerry.mjs`, "inspect", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // The command has nothing to print before it has its module.
  await process.stdout.cancel();
  const writer = process.stdin.getWriter();
  await writer.write(await module());
  await writer.close();
  const [{ code }, stderr] = await Promise.all([
    process.status,
    new Response(process.stderr).text(),
  ]);
  assert.deepEqual([code, stderr], [1, ""]);
});

Deno.test("a function that no host can call is refused, by its type", async () => {
  const vector = "(v128.const i32x4 0 0 0 0)";
  const cases: [string, string[], RegExp][] = [
    [`(func (export "_start") (result v128) ${vector})`, [], /"_start" is \(\) -> v128/],
    ['(func (export "_start") (param i64))', [], /"_start" is \(i64\) -> \(\), and a program's/],
    [`(func (export "f") (result v128) ${vector})`, ["--invoke", "f"], /"f" is \(\) -> v128/],
    ['(func (export "f") (param v128))', ["--invoke", "f"], /"f" is \(v128\) -> \(\)/],
    ['(func (export "f") (result exnref) (ref.null exn))', ["--invoke", "f"], /type exnref/],
    [
      `(func (export "_initialize") (result v128) ${vector}) (func (export "f"))`,
      ["--invoke", "f"],
      /"_initialize" is \(\) -> v128/,
    ],
  ];
  for (const [functions, options, expected] of cases) {
    const stdin = new Uint8Array(await parse(`(module ${functions})`));
    const { code, stderr } = await skerry(["run", ...options, "-"], { stdin });
    assert.equal(code, 1, functions);
    assert.match(stderr, expected);
    assert.match(stderr, /SKERRY_EXPORT_MISSING/);
  }
});

Deno.test("a duration that no timer can count is wrong usage", async () => {
  const { code, stderr } = await skerry(["run", "--timeout", "600h", "x.wasm"]);
  assert.equal(code, 2);
  assert.match(stderr, /at most 24 days/);
});
