import assert from "node:assert/strict";
import { assembled, moduleTexts, withModule } from "./module_folder.ts";
import { skerry } from "./skerry.ts";

/** Compiles `m.wasm` and gives the path of its artifact, and its bytes. */
async function artifactOf(
  folder: string,
  ...options: string[]
): Promise<{ path: string; bytes: Uint8Array }> {
  const path = `${folder}/m.skerry.wasm`;
  const { code, stderr } = await skerry(["compile", `${folder}/m.wasm`, "-o", path, ...options]);
  assert.deepEqual([code, stderr], [0, ""]);
  return { path, bytes: await Deno.readFile(path) };
}

/** An artifact that was changed by someone who knows the format: its own digest is right again. */
async function sealed(bytes: Uint8Array): Promise<Uint8Array> {
  const body = new Uint8Array(bytes.subarray(0, -32));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return new Uint8Array([...body, ...digest]);
}

Deno.test("a verdict says what was proved, as JSON and for people, from a file or standard input", async () => {
  await withModule(moduleTexts.everyPass, async (folder) => {
    const { path, bytes } = await artifactOf(folder);
    const people = await skerry(["verify", path]);
    assert.equal(people.code, 0);
    assert.match(people.stdout, /^verified: .*m\.skerry\.wasm/);
    const { code, stdout } = await skerry(["verify", "-", "--json"], { stdin: bytes });
    const report = JSON.parse(stdout);
    assert.deepEqual([code, report.verified, report.bytes], [0, true, bytes.length]);
    assert.deepEqual(report.proved.passes, {
      preempt: true,
      grow: true,
      reset: true,
      dirty: true,
    });
  });
});

Deno.test("an artifact that was damaged is not verified", async () => {
  await withModule(moduleTexts.everyPass, async (folder) => {
    const { bytes } = await artifactOf(folder);
    const damaged = bytes.slice();
    damaged[bytes.length - 1] = (damaged[bytes.length - 1] ?? 0) ^ 1;
    const { code, stdout } = await skerry(["verify", "-", "--json"], { stdin: damaged });
    const report = JSON.parse(stdout);
    assert.deepEqual([code, report.verified], [1, false]);
    assert.ok(
      report.violations.some(({ property }: { property: string }) => property === "digest"),
    );
    const people = await skerry(["verify", "-"], { stdin: damaged });
    assert.equal(people.code, 1);
    assert.match(people.stdout, /^-: .*digest: /m);
    assert.match(people.stdout, /\nnot verified: -\n$/);
    const half = await skerry(["verify", "-"], { stdin: bytes.subarray(0, bytes.length / 2) });
    assert.equal(half.code, 1);
    assert.match(half.stdout, /not verified/);
  });
});

Deno.test("a store whose mark was taken away is named by function and offset", async () => {
  await withModule(storing("write"), async (folder) => {
    const { bytes } = await artifactOf(folder);
    const changed = withoutMark(bytes);
    assert.ok(WebAssembly.validate(new Uint8Array(changed)));
    const { code, stdout } = await skerry(["verify", "-"], { stdin: await sealed(changed) });
    assert.equal(code, 1);
    assert.match(stdout, /^-: at offset 0x[0-9a-f]+: function 0 \(write\): \w+: /m);
  });
});

Deno.test("an artifact is proved to come from its module, and from no other", async () => {
  await withModule(moduleTexts.everyPass, async (folder, module) => {
    const { path } = await artifactOf(folder);
    assert.equal((await skerry(["verify", path, "--input", module])).code, 0);
    const stdin = await assembled(moduleTexts.importedMemory);
    const { code, stdout } = await skerry(["verify", path, "--input", "-"], { stdin });
    assert.equal(code, 1);
    assert.match(stdout, /not verified/);
    assert.equal((await skerry(["verify", "-", "--input", "-"])).code, 2);
  });
});

Deno.test("an ordinary module is told from an artifact, and what is no module from both", async () => {
  await withModule(moduleTexts.everyPass, async (_folder, module) => {
    const { code, stdout, stderr } = await skerry(["verify", module]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /an ordinary module and no artifact[^]*`skerry compile`/);
  });
  const { code, stdout } = await skerry(["verify", "-"], { stdin: "hello, I am text" });
  assert.equal(code, 1);
  assert.match(stdout, /at offset 0x0: /);
  assert.equal((await skerry(["verify", "/nowhere/a.wasm"])).code, 1);
});

Deno.test("names in artifacts reach the terminal as text alone", async () => {
  const text = storing("\\1b[2J\\0a\\e2\\80\\ae");
  await withModule(text, async (folder, module) => {
    const { bytes } = await artifactOf(folder);
    const stdin = await sealed(withoutMark(bytes));
    const outputs = [
      await skerry(["compile", module, "--report"]),
      await skerry(["compile", module, "--json"]),
      await skerry(["verify", "-"], { stdin }),
      await skerry(["verify", "-", "--json"], { stdin }),
      await skerry(["inspect", "-"], { stdin }),
    ];
    for (const { stdout } of outputs) assert.match(stdout, /^[ -~\n]+$/);
  });
});

/** A module whose only function, of this name, stores at any address. */
function storing(name: string): string {
  return `(module (memory 3) (func (export "${name}") (param i32)
    (i32.store (local.get 0) (i32.const 1))))`;
}

/** Has the first mark write a 0: it ends with `i32.const 1  i32.store8 side` (docs/artifact.md). */
function withoutMark(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  const found = changed.findIndex((byte, at) =>
    byte === 0x41 && changed[at + 1] === 0x01 && changed[at + 2] === 0x3a
  );
  assert.ok(found > 0, "the artifact has a mark");
  changed[found + 1] = 0;
  return changed;
}
