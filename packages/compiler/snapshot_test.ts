/** A module that starts from a snapshot goes on as the instance would have that was snapshot. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeModule } from "@skerry/wasm";
import { applySnapshot, exposeState, takeSnapshot } from "./snapshot.ts";
import { assembleText, compiledBytes, decodedModule } from "./testing/compiled.ts";
import { instantiateArtifact } from "./testing/instance.ts";

const text = `(module
  (memory (export "memory") 1 10) (memory $other i64 1)
  (data (i32.const 5) "before") (data $kept "passive")
  (global $i32 (mut i32) (i32.const 1)) (global $i64 (mut i64) (i64.const 2))
  (global $f32 (mut f32) (f32.const 3)) (global $f64 (mut f64) (f64.const 4))
  (global $still i32 (i32.const 9))
  (func $begin (global.set $i32 (i32.const -7)))
  (start $begin)
  (func (export "_initialize")
    (drop (memory.grow (i32.const 2)))
    (i32.store8 (i32.const 5) (i32.const 66))
    (i64.store (i32.const 190000) (i64.const -1))
    (i64.store8 $other (i64.const 60000) (i64.const 5))
    (global.set $i64 (i64.const -9007199254740993))
    (global.set $f32 (f32.const -0.5)) (global.set $f64 (f64.const 1e300)))
  (func (export "state") (param i32) (result i64 f64 i64)
    (memory.init $kept (i32.const 100) (i32.const 0) (i32.const 7))
    (i64.add (global.get $i64) (i64.extend_i32_s (global.get $i32)))
    (f64.add (global.get $f64) (f64.promote_f32 (global.get $f32)))
    (i64.add (i64.load (local.get 0))
      (i64.mul (i64.extend_i32_u (memory.size)) (i64.load $other (i64.const 59996))))))`;

type Exports = Record<string, (...args: number[]) => unknown>;

function run(artifact: Uint8Array<ArrayBuffer>) {
  return instantiateArtifact(new WebAssembly.Module(artifact), {});
}

async function snapshotOf() {
  const module = decodedModule(await assembleText(text));
  const exposed = exposeState(module);
  assert.ok(exposed.ok);
  const { artifact } = await compiledBytes(encodeModule(exposed.value));
  const instance = run(artifact);
  instance.start();
  (instance.exports as Exports)["_initialize"]?.();
  const snapshot = takeSnapshot(module, instance.exports);
  assert.ok(snapshot.ok, JSON.stringify(snapshot));
  return { instance, started: applySnapshot(module, snapshot.value, ["_initialize"]) };
}

Deno.test("memory, growth, globals and segments are as they were when the snapshot was taken", async () => {
  const { instance, started } = await snapshotOf();
  const { artifact } = await compiledBytes(encodeModule(started), { passes: { dirty: "always" } });
  const from = run(artifact);
  assert.deepEqual(
    Object.keys(from.exports).filter((name) => !name.startsWith("skerry:")),
    ["memory", "state"],
  );
  const before = instance.exports as Exports;
  const after = from.exports as Exports;
  await fc.assert(fc.asyncProperty(fc.nat({ max: 196_600 }), (at) => {
    assert.deepEqual(after["state"]?.(at), before["state"]?.(at));
    return Promise.resolve();
  }));
  assert.deepEqual(after["state"]?.(5), before["state"]?.(5));
  assert.deepEqual(after["state"]?.(189_998), before["state"]?.(189_998));
});

Deno.test("a reset goes back to the snapshot, not to the module's own beginning", async () => {
  const { started } = await snapshotOf();
  const { artifact } = await compiledBytes(encodeModule(started), { passes: { dirty: "always" } });
  const { exports, reset } = run(artifact);
  assert.ok(exports["memory"] instanceof WebAssembly.Memory && reset !== undefined);
  const fresh = new Uint8Array(exports["memory"].buffer).slice();
  assert.equal(fresh[5], 66);
  (exports as Exports)["state"]?.(0);
  assert.notDeepEqual(new Uint8Array(exports["memory"].buffer), fresh);
  assert.equal(reset(), 0);
  assert.deepEqual(new Uint8Array(exports["memory"].buffer), fresh);
});

Deno.test("what a snapshot cannot hold is refused with every reason", async () => {
  const module = decodedModule(
    await assembleText(`(module
    (import "env" "memory" (memory 1)) (table $t 1 funcref) (elem $e func 0)
    (global (mut funcref) (ref.null func)) (global (mut v128) (v128.const i64x2 0 0))
    (func (table.set $t (i32.const 0) (ref.null func)) (elem.drop $e)))`),
  );
  const exposed = exposeState(module);
  assert.ok(!exposed.ok);
  assert.deepEqual(exposed.error, [
    "it imports a memory",
    "global 0 is mutable, and its value cannot be written down",
    "global 1 is mutable, and its value cannot be written down",
    "it changes tables",
    "it drops segments",
  ]);
});
