import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { decodeModule } from "@skerry/wasm";
import { isLeaf } from "./leaf.ts";
import { compile, Pool } from "./mod.ts";
import { programOf } from "./testing/compile_text.ts";

const text = `(module (import "host" "f" (func $f))
  (type $nothing (func)) (table 1 funcref) (memory 1)
  (func (export "sum") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "store") (i32.store8 (i32.const 0) (i32.const 1)))
  (func (export "host") (call $f))
  (func (export "nested") (block (if (i32.const 0) (then (call 1 (i32.const 1) (i32.const 2)) drop))))
  (func (export "indirect") (call_indirect (type $nothing) (i32.const 0)))
  (func (export "reference") (call_ref $nothing (ref.null $nothing)))
  (func (export "tail") (return_call $f))
  (func (export "tail indirect") (return_call_indirect (type $nothing) (i32.const 0)))
  (func (export "tail reference") (return_call_ref $nothing (ref.null $nothing)))
  (func (export "constants") (drop (i32.const 0x10)) (drop (i64.const 0x1110)))
  (func (export "large") ${"(drop (i32.const 1000))".repeat(5_000)})
  (export "imported" (func $f)))`;

Deno.test("a function is a leaf that calls nothing, in whatever way, and is its module's own", async () => {
  const decoded = decodeModule(new Uint8Array(await parse(text)));
  assert.ok(decoded.ok);
  const { exports } = decoded.value;
  const leaves = exports.filter(({ index }) => isLeaf(decoded.value, index));
  assert.deepEqual(leaves.map(({ name }) => name), ["sum", "store", "constants"]);
});

Deno.test("a leaf has ended when it is called, well or badly; a loop is none, for it is interrupted", async () => {
  const program = await programOf(`(module (memory (export "memory") 1)
    (func (export "sum") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "pair") (result i32 i64) (i32.const 1) (i64.const 2))
    (func (export "trap") (i32.store (i32.const 65536) (i32.const 1)))
    (func (export "write") (result i32)
      (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1))) (i32.load (i32.const 8)))
    (func (export "grow") (result i32) (memory.grow (i32.const 1)))
    (func (export "spin") (loop (br 0))))`);
  const names = [...program.functionExports.keys()];
  const leaves = ["sum", "pair", "trap", "write"];
  assert.deepEqual(names.filter((name) => program.isLeaf(name)), leaves);
  const pool = new Pool();
  const run = (name: string, args: readonly number[] = []) => {
    const lease = pool.leaseNow(program, { bindings: [], fuelMax: 1_000_000 });
    assert.ok(typeof lease === "object");
    const outcome = lease.runNow(name, args);
    if (outcome instanceof Promise) return outcome.finally(() => lease.release());
    lease.release();
    return outcome;
  };
  assert.deepEqual(run("sum", [2, 3]), { kind: "returned", values: [5] });
  assert.deepEqual(run("pair"), { kind: "returned", values: [1, 2n] });
  for (let use = 0; use < 3; use += 1) {
    assert.deepEqual(run("write"), { kind: "returned", values: [1] });
  }
  const trap = run("trap");
  assert.ok(!(trap instanceof Promise));
  assert.equal(trap.kind, "trapped");
  assert.equal((await run("spin")).kind, "exhausted");
});

Deno.test("an artifact's own marks are no calls, and what it calls for its host's answer is", async () => {
  const bytes = new Uint8Array(
    await parse(`(module (memory (export "memory") 1 3)
      (func (export "store") (i32.store (i32.const 0) (i32.const 1)))
      (func (export "grow") (result i32) (memory.grow (i32.const 1))))`),
  );
  const compiled = await compile(bytes, { isolation: {}, interfaces: [] });
  assert.ok(compiled.ok);
  assert.equal(compiled.value.isArtifact, true);
  assert.deepEqual([compiled.value.isLeaf("store"), compiled.value.isLeaf("grow")], [true, false]);
});
