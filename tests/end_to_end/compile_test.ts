import assert from "node:assert/strict";
import { assembled, moduleTexts, namesIn, withModule } from "./module_folder.ts";
import { skerry } from "./skerry.ts";

const text = moduleTexts.everyPass;

Deno.test("a module becomes an artifact beside it, which is verified and says what it is", async () => {
  await withModule(text, async (folder, module) => {
    const compiled = await skerry(["compile", module]);
    assert.deepEqual([compiled.code, compiled.stderr], [0, ""]);
    assert.match(compiled.stdout, /m\.skerry\.wasm: .*compiled in .*verified in /);
    assert.deepEqual(namesIn(folder), ["m.skerry.wasm", "m.wasm"]);
    assert.deepEqual(await Deno.readFile(module), await assembled(text));
    const artifact = `${folder}/m.skerry.wasm`;
    assert.ok(WebAssembly.validate(await Deno.readFile(artifact)));

    const verified = await skerry(["verify", artifact, "--input", module]);
    assert.deepEqual([verified.code, verified.stderr], [0, ""]);
    assert.match(verified.stdout, /^verified: /);

    const inspected = await skerry(["inspect", artifact, "--json"]);
    const { artifact: claims } = JSON.parse(inspected.stdout);
    assert.deepEqual(claims.passes, ["preempt", "grow", "reset", "dirty"]);
    const input = await assembled(text);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", input));
    assert.deepEqual(claims.input, { bytes: input.length, sha256: digest.toHex() });
    assert.deepEqual(claims.memories, ["barrier"]);
    assert.deepEqual([claims.resettable, claims.notResettable], [true, []]);
    assert.deepEqual([claims.injected.memories, claims.injected.tables], [1, 2]);
    for (
      const kind of [
        "tick",
        "mark_range",
        "grow",
        "restore",
        "sweep",
        "skerry:init",
        "skerry:reset",
      ]
    ) {
      assert.equal(claims.injectedFunctions[kind], 1, kind);
    }
    const people = await skerry(["inspect", artifact]);
    assert.match(people.stdout, /artifact: preempt, grow, reset, dirty/);
  });
});

Deno.test("standard input is compiled to the same bytes as the file, into a folder that is made", async () => {
  await withModule(text, async (folder, module) => {
    const output = `${folder}/made/a.wasm`;
    const stdin = await Deno.readFile(module);
    const piped = await skerry(["compile", "-", "-o", output, "--json"], { stdin });
    assert.equal(piped.code, 0);
    const report = JSON.parse(piped.stdout);
    assert.deepEqual([report.module, report.artifact], ["-", output]);
    await skerry(["compile", module]);
    assert.deepEqual(await Deno.readFile(output), await Deno.readFile(`${folder}/m.skerry.wasm`));
    assert.deepEqual(namesIn(`${folder}/made`), ["a.wasm"]);
    assert.equal(report.moduleBytes, stdin.length);
    assert.equal(report.artifactBytes, (await Deno.readFile(output)).length);
    assert.equal(report.loopChecks, 1);
    assert.ok(report.stores >= 2);
    assert.equal(report.marks + report.elidedMarks, report.stores);
    assert.equal(report.grownMost[0].name, "fill");
  });
});

Deno.test("the report says what was inserted, and why a module cannot be reset", async () => {
  await withModule(text, async (_folder, module) => {
    const { stdout } = await skerry(["compile", module, "--report"]);
    assert.match(stdout, /loops that count +1\n/);
    assert.match(stdout, /stores into memories that are marked +[1-9]/);
    assert.match(stdout, /reset\n +possible/);
    assert.match(stdout, /functions that grew most\n +0 \(fill\) /);
  });
  await withModule(moduleTexts.importedMemory, async (folder, module) => {
    const { code, stdout } = await skerry(["compile", module, "--report"]);
    assert.equal(code, 0);
    assert.match(stdout, /cannot be reset/);
    assert.match(stdout, /reset\n +not possible.*\n +because it imports a memory/);
    const inspected = await skerry(["inspect", `${folder}/m.skerry.wasm`]);
    assert.match(inspected.stdout, /reset: not possible\n +because it imports a memory/);
    assert.equal((await skerry(["verify", `${folder}/m.skerry.wasm`])).code, 0);
  });
});

Deno.test("passes can be left out, but not those that another one needs", async () => {
  await withModule(text, async (folder, module) => {
    const passesAfter = async (...options: string[]) => {
      const { code, stderr } = await skerry(["compile", module, ...options]);
      assert.deepEqual([code, stderr], [0, ""], options.join(" "));
      const { stdout } = await skerry(["inspect", `${folder}/m.skerry.wasm`, "--json"]);
      return JSON.parse(stdout).artifact.passes;
    };
    assert.deepEqual(await passesAfter("--no-preempt"), ["grow", "reset", "dirty"]);
    assert.deepEqual(await passesAfter("--no-reset"), ["preempt", "grow"]);
    assert.deepEqual(await passesAfter("--dirty", "never"), ["preempt", "grow", "reset"]);
    assert.deepEqual(await passesAfter("--no-grow", "--no-reset", "--no-preempt"), []);
    for (const options of [["--no-grow"], ["--no-reset", "--dirty", "always"]]) {
      const { code, stderr } = await skerry(["compile", module, ...options]);
      assert.equal(code, 2, options.join(" "));
      assert.match(stderr, /SKERRY_USAGE/);
    }
  });
});

Deno.test("the module is never written over, by whichever path", async () => {
  await withModule(text, async (folder, module) => {
    await Deno.symlink(module, `${folder}/link.wasm`);
    for (const output of [module, `${folder}/../${folder.split("/").at(-1)}/m.wasm`, "link.wasm"]) {
      const { code, stderr } = await skerry(["compile", "m.wasm", "-o", output], { cwd: folder });
      assert.equal(code, 2, output);
      assert.match(stderr, /written over its module/);
    }
    assert.equal((await skerry(["compile", "-"], { stdin: await assembled(text) })).code, 2);
    assert.deepEqual(await Deno.readFile(module), await assembled(text));
    assert.deepEqual(namesIn(folder), ["link.wasm", "m.wasm"]);
  });
});

Deno.test("what is not compiled says why, with offsets and functions, and writes nothing", async () => {
  const invalid = "(module (func $ok) (func $worse (result i32) (i64.const 1)))";
  const reserved = '(module (func (export "skerry:reset")))';
  const shared = "(module (memory 1 2 shared))";
  const cases: [string, RegExp][] = [
    [invalid, /at offset 0x[0-9a-f]+: .*#1:"worse".*expected i32[^]*SKERRY_MODULE_MALFORMED/],
    [reserved, /begin with "skerry:"[^]*SKERRY_MODULE_REFUSED/],
    [shared, /"threads", which the policy forbids[^]*--allow/],
  ];
  for (const [source, expected] of cases) {
    await withModule(source, async (folder, module) => {
      const { code, stderr } = await skerry(["compile", module]);
      assert.equal(code, 1, source);
      assert.match(stderr, expected);
      assert.deepEqual(namesIn(folder), ["m.wasm"]);
    });
  }
  const { code, stderr } = await skerry(["compile", "-", "-o", "/nowhere/a.wasm"], {
    stdin: "text",
  });
  assert.equal(code, 1);
  assert.match(stderr, /at offset 0x0: /);
  await withModule(shared, async (_folder, module) => {
    assert.equal((await skerry(["compile", module, "--allow", "threads"])).code, 0);
  });
});

Deno.test("an artifact runs as its module does, and one that was changed is not run", async () => {
  const source = `(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 5) (data (i32.const 300000) "\\2a")
    (func (export "_start") (call $exit (i32.load8_u (i32.const 300000)))))`;
  await withModule(source, async (folder, module) => {
    const artifact = `${folder}/m.skerry.wasm`;
    assert.equal((await skerry(["run", module])).code, 42);
    await skerry(["compile", module]);
    assert.equal((await skerry(["run", artifact])).code, 42);
    const bytes = await Deno.readFile(artifact);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await Deno.writeFile(artifact, bytes);
    const { code, stderr } = await skerry(["run", artifact]);
    assert.equal(code, 1);
    assert.match(stderr, /does not verify/);
  });
});
