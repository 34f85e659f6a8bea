/** A module's initialisation is run once, when it is deployed, and every run and request begins behind it. */

import assert from "node:assert/strict";
import { assembled, namesIn, withModule } from "./module_folder.ts";
import { skerry, withServer } from "./skerry.ts";

/** A CGI program whose answer is written when it is initialised; `_start` counts in it, and prints it. */
const page = `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data $said "initialised\\n")
  (data $page "Content-Type: text/plain\\n\\nready: 0\\n")
  (func $print (param $fd i32) (param $at i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $length))
    (drop (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "prepare")
    (memory.init $said (i32.const 100) (i32.const 0) (i32.const 12))
    (call $print (i32.const 2) (i32.const 100) (i32.const 12))
    (memory.init $page (i32.const 70000) (i32.const 0) (i32.const 35))
    (drop (call $random (i32.const 200) (i32.const 4))))
  (func (export "spin") (loop $again (br $again)))
  (func (export "fail") (unreachable))
  (func (export "_start")
    (i32.store8 (i32.const 70033) (i32.add (i32.load8_u (i32.const 70033)) (i32.const 1)))
    (call $print (i32.const 1) (i32.const 70000) (i32.const 35))))`;

const counter = `(module (memory (export "memory") 1) (global $value (mut i32) (i32.const 0))
  (table $t 1 funcref) (elem declare func $seven) (type $number (func (result i32)))
  (func $seven (result i32) (i32.const 7))
  (func (export "_initialize")
    (global.set $value (i32.const 40))
    (drop (table.grow $t (ref.func $seven) (i32.const 2))))
  (func (export "value") (result i32)
    (i32.add (global.get $value) (call_indirect $t (type $number) (i32.const 2)))))`;

/** Asks for a key when it is initialised, and again when it runs; ends with both answers, as tens and ones. */
const keyReader = `(module
  (import "skerry_kv" "get"
    (func $get (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1) (global $told (mut i32) (i32.const 0))
  (func $ask (result i32)
    (call $get (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 64)))
  (func (export "prepare") (global.set $told (call $ask)))
  (func (export "_start")
    (call $exit (i32.add (i32.mul (global.get $told) (i32.const 10)) (call $ask)))))`;

/** Asks a server three times: each request is the first of its sandbox. */
async function checkServed(target: string): Promise<string> {
  let said = "";
  await withServer([target], async ({ url, stop }) => {
    for (let request = 0; request < 3; request += 1) {
      const response = await fetch(url);
      assert.deepEqual([response.status, await response.text()], [200, "ready: 1\n"]);
    }
    said = (await stop()).stderr;
  });
  return said;
}

Deno.test("an initialisation that asks for a key is told that there is no store, and a run that there is no key", async () => {
  await withModule(keyReader, async (folder, module) => {
    const compiled = await skerry(["compile", module, "--snapshot", "prepare"]);
    assert.deepEqual([compiled.code, compiled.stderr], [0, ""]);
    assert.equal((await skerry(["run", `${folder}/m.skerry.wasm`])).code, 71);
  });
});

Deno.test("an artifact holds the snapshot: it verifies, and runs go on from there without another", async () => {
  await withModule(counter, async (folder, module) => {
    const artifact = `${folder}/m.skerry.wasm`;
    const between = `${folder}/initialised.wasm`;
    const args = ["compile", module, "--snapshot", "--initialised", between];
    const compiled = await skerry(args);
    assert.deepEqual([compiled.code, compiled.stderr], [0, ""]);
    assert.match(compiled.stdout, /initialised in .*, compiled in .*, verified in /);
    const verified = await skerry(["verify", artifact, "--input", between]);
    assert.equal(verified.code, 0, verified.stdout);
    const inspected = JSON.parse((await skerry(["inspect", artifact, "--json"])).stdout);
    assert.equal(inspected.artifact.resettable, true);
    assert.ok(!JSON.stringify(inspected).includes("_initialize"));
    for (const file of [artifact, between]) {
      const ran = await skerry(["run", "--invoke", "value", file]);
      assert.deepEqual([ran.code, ran.stdout], [0, "47\n"]);
    }
    // What asks neither for the time nor for chance gives the same bytes again.
    const bytes = await Deno.readFile(artifact);
    await skerry(args);
    assert.deepEqual(await Deno.readFile(artifact), bytes);
  });
});

Deno.test("a named export is run once at deploy, and _start for each request", async () => {
  await withModule(page, async (folder, module) => {
    const artifact = `${folder}/page.wasm`;
    const compiled = await skerry([
      "compile",
      module,
      "--snapshot",
      "prepare",
      "-o",
      artifact,
      "--json",
    ]);
    assert.equal(compiled.code, 0);
    assert.deepEqual(compiled.stderr.split("\n").slice(0, 2), [
      "initialisation: initialised",
      `${module}: its initialisation took random numbers: what it made of them, ` +
      "a generator's seed or a key, is the same in every request",
    ]);
    assert.ok(JSON.parse(compiled.stdout).initialiseMs >= 0);
    assert.doesNotMatch(await checkServed(artifact), /initialised/);
  });
});

Deno.test("a manifest's snapshot is taken of a prebuilt module when it is served", async () => {
  await withModule(page, async (folder) => {
    const manifest = 'name = "page"\nmodule = "m.wasm"\nsnapshot = "prepare"\n';
    await Deno.writeTextFile(`${folder}/skerry.toml`, manifest);
    const said = await checkServed(folder);
    assert.match(said, /Initialising page …\ninitialisation: initialised\n/);
    assert.deepEqual(await Deno.readFile(`${folder}/m.wasm`), await assembled(page));

    await Deno.writeTextFile(`${folder}/skerry.toml`, manifest.replace("prepare", "gone"));
    const refused = await skerry(["serve", folder, "--listen", "127.0.0.1:0"]);
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /no snapshot of .*m\.wasm\n.*it exports no "gone"\n.*EXPORT_MISSING/,
    );
  });
});

Deno.test("what a project builds has its initialisation behind it", async () => {
  await withModule(counter, async (folder) => {
    const manifest =
      'name = "page"\nlanguage = "wat"\nsnapshot = "prepare"\nbuild.sources = ["page.wat"]\n';
    await Deno.writeTextFile(`${folder}/skerry.toml`, manifest);
    await Deno.writeTextFile(`${folder}/page.wat`, page);
    const built = await skerry(["build", folder]);
    assert.equal(built.code, 0, built.stderr);
    assert.match(built.stderr, /^initialisation: initialised\n/);
    assert.doesNotMatch(await checkServed(folder), /initialised/);
    await Deno.writeTextFile(
      `${folder}/page.wat`,
      page.replace('"prepare")', '"prepare") unreachable'),
    );
    const failed = await skerry(["build", folder]);
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /"prepare" trapped: unreachable, in function \d/);
  });
});

Deno.test("an initialisation that does not end, fails or is not there leaves no artifact, and says why", async () => {
  await withModule(page, async (folder, module) => {
    const check = async (args: readonly string[], code: number, expected: RegExp) => {
      const result = await skerry(["compile", module, ...args]);
      assert.equal(result.code, code);
      assert.match(result.stderr, expected);
      assert.deepEqual(namesIn(folder), ["m.wasm"]);
    };
    await check(
      ["--snapshot", "spin", "--cpu", "50ms"],
      1,
      /no snapshot of .*\n.*at offset 0x\w+: "spin" ran out of its CPU time, in function \d+.*\n.*let it do less/,
    );
    await check(["--snapshot", "fail"], 1, /"fail" trapped: unreachable, in function \d+/);
    await check(["--snapshot"], 1, /neither a start function nor an export "_initialize"/);
    await check(["--snapshot", "memory"], 1, /its export "memory" is a memory, not a function/);
    await check(["--cpu", "50ms"], 2, /no initialisation to run without --snapshot/);
    const same = ["--snapshot", "prepare", "--initialised", module];
    await check(same, 2, /two files would be written to one place/);
  });
  await withModule(counter, async (folder, module) => {
    await skerry(["compile", module]);
    const twice = await skerry(["compile", `${folder}/m.skerry.wasm`, "--snapshot"]);
    assert.equal(twice.code, 1);
    assert.match(twice.stderr, /it is an artifact\n.*the module that it was made of/);
  });
});
