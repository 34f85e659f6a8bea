import assert from "node:assert/strict";
import { withModule } from "./module_folder.ts";
import { skerry, withServer } from "./skerry.ts";

/** Linked against `wasi_unstable`, as toolchains of 2019 did it; answers as a CGI program. */
const old = `(module
  (import "wasi_unstable" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\23\\00\\00\\00")
  (data (i32.const 16) "Content-Type: text/plain\\n\\nfrom 2019")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`;

Deno.test("a program of an old toolchain runs, is compiled, and serves", async () => {
  await withModule(old, async (folder, module) => {
    const run = await skerry(["run", module]);
    assert.deepEqual(run, { code: 0, stdout: "Content-Type: text/plain\n\nfrom 2019", stderr: "" });
    const artifact = `${folder}/m.skerry.wasm`;
    assert.equal((await skerry(["compile", module])).code, 0);
    assert.deepEqual((await skerry(["run", artifact])).stdout, run.stdout);
    for (const served of [module, artifact]) {
      await withServer([served], async ({ url }) => {
        assert.equal(await (await fetch(url)).text(), "from 2019");
      });
    }
  });
});

Deno.test("what the old snapshot has not is a gap that is named", async () => {
  const text =
    `(module (import "wasi_unstable" "sock_accept" (func (param i32 i32 i32) (result i32)))
    (func (export "_start")))`;
  await withModule(text, async (_folder, module) => {
    const { code, stderr } = await skerry(["run", module]);
    assert.equal(code, 1);
    assert.match(stderr, /import wasi_unstable\.sock_accept: there is no such function/);
  });
});
