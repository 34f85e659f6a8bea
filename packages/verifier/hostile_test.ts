import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { compileModule } from "@skerry/compiler";
import fc from "fast-check";
import { compiled, moduleOf, sealed } from "./testing/artifacts.ts";
import { verify } from "./verify.ts";

const program = `(module (memory 1 2) (table 2 funcref) (tag $t (param i32))
  (func $a (export "a") (param i32 i64) (result i32) (local i32 i64)
    (block $out (loop $again
      (i64.store (i32.add (local.get 0) (local.get 2)) (local.get 1))
      (br_if $out (i32.eqz (local.tee 2 (i32.sub (local.get 2) (i32.const 8)))))
      (br_table $again $out $again (local.get 2))))
    (block $h (result i32) (try_table (catch $t $h) (call $b)) (i32.const 1)))
  (func $b (local i32) (memory.fill (local.get 0) (i32.const 1) (i32.const 9))
    (table.set (i32.const 0) (ref.func $b)) (throw $t (i32.const 3)))
  (elem declare func $b) (data (i32.const 5) "x"))`;

Deno.test("INV-8: no bytes make the verifier throw, however an artifact is spoiled", async () => {
  const { artifact, input } = await compiled(program, { dirty: "always" });
  assert.ok((await verify(artifact, { input })).ok);
  const edit = fc.tuple(fc.nat(artifact.length - 1), fc.nat(255));
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
      const copy = artifact.slice();
      for (const [at, byte] of edits) copy[at] = byte;
      if (!(await verify(await sealed(copy), { input })).ok) refused += 1;
    }),
    { numRuns: 3000, seed: 7 },
  );
  assert.ok(refused > 2500, `${refused} refused`);
});

Deno.test("INV-8: no change of a guest's code passes unless it stays valid and guest-like", async () => {
  const { artifact, input } = await compiled(program, { dirty: "always" });
  const { starts, ends } = moduleOf(artifact).code;
  const passed: number[] = [];
  for (let at = starts[0] ?? 0; at < (ends[1] ?? 0); at += 1) {
    for (const flip of [1, 2, 0x40]) {
      const copy = artifact.slice();
      copy[at] = (copy[at] ?? 0) ^ flip;
      if ((await verify(await sealed(copy), { input })).ok) passed.push(at);
    }
  }
  // What may pass: a charge that pays more, a label or index of an instruction that was changed anyway.
  assert.ok(passed.length < 60, `${passed.length} of ${((ends[1] ?? 0) - (starts[0] ?? 0)) * 3}`);
});

Deno.test("a cut artifact is refused at every length", async () => {
  const { artifact } = await compiled(program);
  for (let length = 0; length < artifact.length; length += 3) {
    assert.equal((await verify(artifact.slice(0, length))).ok, false, `${length} bytes`);
  }
});

Deno.test("deep nesting, many locals and wide branch tables are walked in linear time", async () => {
  const depth = 30_000;
  const labels = Array.from({ length: 2_000 }, (_, index) => index).join(" ");
  const tables = `local.get 0 br_table ${labels} 0 `.repeat(3);
  const { artifact, input } = await compiled(
    `(module (memory 1 1) (func (param i32)
    (local ${"i32 ".repeat(40_000)})
    ${"block loop ".repeat(depth)}
    local.get 0 local.get 0 i32.store local.get 0 local.set 30000 ${tables}
    ${"end end ".repeat(depth)}))`,
    { dirty: "always" },
  );
  const verified = await verify(artifact, { input });
  assert.ok(verified.ok, JSON.stringify(verified).slice(0, 500));
});

Deno.test("a start function that takes operands is refused, though its export and its claim agree", async () => {
  const text = "(module (func $ok) (func (param i64)) (start $ok))";
  const made = await compileModule(new Uint8Array(await parse(text)));
  assert.ok(made.ok);
  const { artifact } = made.value;
  const name = new TextEncoder().encode("skerry:start");
  const at = artifact.findIndex((_, start) =>
    name.every((byte, k) => artifact[start + k] === byte)
  );
  // After the name: its kind, its function; in the section: the function + 1, no reasons, the module's length.
  artifact[at + name.length + 1] = 1;
  artifact[artifact.length - 68] = 2;
  const digest = await crypto.subtle.digest("SHA-256", artifact.subarray(0, -32));
  artifact.set(new Uint8Array(digest), artifact.length - 32);
  const verified = await verify(artifact);
  assert.ok(!verified.ok);
  assert.match(verified.error.map(({ message }) => message).join(), /cannot be the start function/);
});
