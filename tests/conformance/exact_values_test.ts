import assert from "node:assert/strict";
import { checkScript, loadBench } from "./conformance.ts";
import { plainEngine } from "./engine.ts";
import { emptyReport } from "./report.ts";

/** The lines of a script's assertions that V8 does not meet; each assertion stands on a line of its own. */
async function unmet(module: string, assertions: readonly string[]): Promise<number[]> {
  const report = emptyReport();
  const engines = { plain: plainEngine, compiled: plainEngine };
  const text = [module.replaceAll("\n", " "), ...assertions].join("\n");
  await checkScript("test.wast", text, engines, await loadBench(), report);
  assert.deepEqual(report.differences, []);
  assert.equal(report.passed + report.skips.length, assertions.length + 1);
  return report.skips.map(({ line }) => line - 1);
}

Deno.test("every bit of a NaN goes in and comes out, and patterns mean their kind alone", async () => {
  const identity = `(module
    (func (export "f32") (param f32) (result f32) (local.get 0))
    (func (export "f64") (param f64) (result f64) (local.get 0)))`;
  const lines = await unmet(identity, [
    '(assert_return (invoke "f32" (f32.const nan:0x200000)) (f32.const nan:0x200000))',
    '(assert_return (invoke "f32" (f32.const -nan:0x200000)) (f32.const nan:0x200000))',
    '(assert_return (invoke "f32" (f32.const -nan)) (f32.const nan:canonical))',
    '(assert_return (invoke "f32" (f32.const nan:0x400001)) (f32.const nan:canonical))',
    '(assert_return (invoke "f32" (f32.const nan:0x400001)) (f32.const nan:arithmetic))',
    '(assert_return (invoke "f32" (f32.const nan:0x200000)) (f32.const nan:arithmetic))',
    '(assert_return (invoke "f64" (f64.const nan:0x1)) (f64.const nan:0x1))',
    '(assert_return (invoke "f64" (f64.const inf)) (f64.const nan:arithmetic))',
    '(assert_return (invoke "f64" (f64.const -0)) (f64.const 0))',
    '(assert_return (invoke "f32" (f32.const 1)) (either (f32.const 2) (f32.const 1)))',
    '(assert_return (invoke "f32" (f32.const 1)) (either (f32.const 2) (f32.const nan:canonical)))',
  ]);
  assert.deepEqual(lines, [2, 4, 6, 8, 9, 11]);
});

Deno.test("vectors are compared lane by lane", async () => {
  const swap = `(module (func (export "swap") (param v128 v128) (result v128 v128)
    (local.get 1) (local.get 0)))`;
  const call = '(invoke "swap" (v128.const i32x4 1 2 3 4) (v128.const f32x4 -0 nan inf 1))';
  const lines = await unmet(swap, [
    `(assert_return ${call} (v128.const f32x4 -0 nan:canonical inf 1) (v128.const i64x2 0x200000001 0x400000003))`,
    `(assert_return ${call} (v128.const f32x4 -0 1 nan:canonical 1) (v128.const i32x4 1 2 3 4))`,
    `(assert_return ${call} (v128.const f32x4 0 nan:canonical inf 1) (v128.const i32x4 1 2 3 4))`,
    `(assert_return ${call} (v128.const f32x4 -0 nan inf 1) (v128.const i32x4 1 2 3 5))`,
  ]);
  assert.deepEqual(lines, [2, 3, 4]);
});

Deno.test("references are told apart by kind, and the host's own by number", async () => {
  const module = `(module
    (rec (type $s (struct)) (type $a (array i8)))
    (type $f (sub (func (param (ref null $s)) (result (ref null $s) i64))))
    (global (export "exception") exnref (ref.null exn))
    (func (export "extern") (param externref) (result externref) (local.get 0))
    (func (export "any") (param anyref) (result anyref) (local.get 0))
    (func (export "i31") (result i31ref) (ref.i31 (i32.const 3)))
    (func (export "struct") (result (ref $s)) (struct.new $s))
    (func (export "array") (result (ref eq)) (array.new_default $a (i32.const 1)))
    (func $func (export "func") (result (ref func)) (ref.func $func))
    (func (export "typed") (type $f) (local.get 0) (i64.const 9)))`;
  const lines = await unmet(module, [
    '(assert_return (invoke "extern" (ref.extern 1)) (ref.extern 1))',
    '(assert_return (invoke "extern" (ref.extern 1)) (ref.extern 2))',
    '(assert_return (invoke "extern" (ref.extern 1)) (ref.null extern))',
    '(assert_return (invoke "any" (ref.host 1)) (ref.host 1))',
    '(assert_return (invoke "any" (ref.host 1)) (ref.eq))',
    '(assert_return (invoke "i31") (ref.i31))',
    '(assert_return (invoke "i31") (ref.struct))',
    '(assert_return (invoke "struct") (ref.struct))',
    '(assert_return (invoke "struct") (ref.array))',
    '(assert_return (invoke "array") (ref.array))',
    '(assert_return (invoke "array") (ref.eq))',
    '(assert_return (invoke "func") (ref.func))',
    '(assert_return (invoke "func") (ref.null))',
    '(assert_return (get "exception") (ref.null exn))',
    '(assert_return (get "exception") (ref.exn))',
    '(assert_return (invoke "typed" (ref.null $s)) (ref.null $s) (i64.const 9))',
  ]);
  assert.deepEqual(lines, [2, 3, 5, 7, 9, 13, 15]);
});
