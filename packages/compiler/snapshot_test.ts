/**
 * A module that starts from a snapshot goes on as the instance would have that was snapshot: whatever can be
 * asked of it gives what a module answers whose initialisation was just run.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import { verify } from "@skerry/verifier";
import { encodeModule } from "@skerry/wasm";
import type { Passes } from "./options.ts";
import { applySnapshot } from "./snapshot_apply.ts";
import { exposeState } from "./snapshot_expose.ts";
import { takeSnapshot } from "./snapshot_take.ts";
import { assembleText, compiledBytes, decodedModule } from "./testing/compiled.ts";
import { instantiateArtifact } from "./testing/instance.ts";

type Exports = Record<string, (...args: (number | bigint)[]) => unknown>;

const allMarked = { passes: { dirty: "always" } } as const;

/** An export with its arguments. */
type Call = readonly [name: string, ...args: (number | bigint)[]];

function run(artifact: Uint8Array<ArrayBuffer>, imports: WebAssembly.Imports = {}) {
  return instantiateArtifact(new WebAssembly.Module(artifact), imports);
}

/** The exposed module's instance behind its initialisation, and the module that starts there. */
async function snapshotOf(
  text: string,
  imports: WebAssembly.Imports = {},
  passes: Partial<Passes> = { reset: false, dirty: "never" },
) {
  const module = decodedModule(await assembleText(text));
  const exposed = exposeState(module);
  assert.ok(exposed.ok);
  const { artifact } = await compiledBytes(encodeModule(exposed.value), { passes });
  const verified = await verify(artifact);
  assert.ok(verified.ok, verified.ok ? "" : JSON.stringify(verified.error));
  const instance = run(artifact, imports);
  instance.start();
  (instance.exports as Exports)["_initialize"]?.();
  const snapshot = takeSnapshot(module, instance.exports);
  assert.ok(snapshot.ok, snapshot.ok ? "" : snapshot.error.join());
  return { instance, started: applySnapshot(module, snapshot.value, ["_initialize"]) };
}

/** What a call gives, or the trap that it ends in. */
function answer(exports: WebAssembly.Exports, [name, ...args]: Call): unknown {
  try {
    return (exports as Exports)[name]?.(...args);
  } catch (error) {
    assert.ok(error instanceof WebAssembly.RuntimeError, String(error));
    return `trap: ${error.message}`;
  }
}

/**
 * Makes the calls of an instance that was initialised the long way; of one that starts from the snapshot; and
 * of that one after a reset, where it has one. All answer the same, and the artifact verifies.
 *
 * @returns the answers
 */
async function check(
  text: string,
  calls: readonly Call[],
  imports: WebAssembly.Imports = {},
): Promise<unknown[]> {
  const { artifact } = await compiledBytes(await assembleText(text));
  const plain = run(artifact, imports);
  plain.start();
  (plain.exports as Exports)["_initialize"]?.();
  const expected = calls.map((call) => answer(plain.exports, call));
  // However the exposed module is compiled, the same is found.
  for (const passes of [{ reset: false, dirty: "never" }, {}] as const) {
    const { started } = await snapshotOf(text, imports, passes);
    const bytes = encodeModule(started);
    const made = await compiledBytes(bytes, allMarked);
    const verified = await verify(made.artifact, { input: bytes });
    assert.ok(verified.ok, verified.ok ? "" : JSON.stringify(verified.error));
    const { exports, reset } = run(made.artifact, imports);
    assert.equal(exports["_initialize"], undefined);
    assert.deepEqual(calls.map((call) => answer(exports, call)), expected);
    assert.ok(reset !== undefined, JSON.stringify(made.report.notResettable));
    assert.ok(reset() < 2);
    assert.deepEqual(calls.map((call) => answer(exports, call)), expected);
  }
  return expected;
}

const everything = `(module
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

Deno.test("memory, growth, globals and segments are as they were when the snapshot was taken", async () => {
  const { instance, started } = await snapshotOf(everything);
  const { artifact } = await compiledBytes(encodeModule(started), allMarked);
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
  const { started } = await snapshotOf(everything);
  const { artifact } = await compiledBytes(encodeModule(started), allMarked);
  const { exports, reset } = run(artifact);
  assert.ok(exports["memory"] instanceof WebAssembly.Memory && reset !== undefined);
  const fresh = new Uint8Array(exports["memory"].buffer).slice();
  assert.equal(fresh[5], 66);
  (exports as Exports)["state"]?.(0);
  assert.notDeepEqual(new Uint8Array(exports["memory"].buffer), fresh);
  assert.equal(reset(), 0);
  assert.deepEqual(new Uint8Array(exports["memory"].buffer), fresh);
});

Deno.test("the start function is run for the snapshot, and never again", async () => {
  const text = `(module (global $runs (mut i32) (i32.const 0))
    (func $start (global.set $runs (i32.add (global.get $runs) (i32.const 1)))) (start $start)
    (func (export "_initialize") (call $start))
    (func (export "runs") (result i32) (global.get $runs)))`;
  assert.deepEqual(await check(text, [["runs"]]), [2]);
});

Deno.test("every bit of a number or vector is kept: NaNs with their payload, negative zero, halves", async () => {
  const text = `(module
    (global $i (mut i64) (i64.const 0)) (global $f (mut f32) (f32.const 0))
    (global $d (mut f64) (f64.const 0)) (global $v (mut v128) (v128.const i64x2 0 0))
    (global $n (mut i32) (i32.const 0))
    (func (export "_initialize")
      (global.set $n (i32.const 0x80000000))
      (global.set $i (i64.const 0x8000000000000001))
      (global.set $f (f32.const -nan:0x200001)) (global.set $d (f64.const nan:0x4000000000002))
      (global.set $v (v128.const i32x4 0x80000001 0xfffffffe 3 0x80000004)))
    (func (export "n") (result i32) (global.get $n))
    (func (export "i") (result i64) (global.get $i))
    (func (export "f") (result i32) (i32.reinterpret_f32 (global.get $f)))
    (func (export "d") (result i64) (i64.reinterpret_f64 (global.get $d)))
    (func (export "v") (result i64 i64)
      (i64x2.extract_lane 0 (global.get $v)) (i64x2.extract_lane 1 (global.get $v))))`;
  assert.deepEqual(await check(text, [["n"], ["i"], ["f"], ["d"], ["v"]]), [
    -0x80000000,
    -0x7fffffffffffffffn,
    0xffa00001 | 0,
    0x7ff4000000000002n,
    [BigInt.asIntN(64, 0xfffffffe80000001n), BigInt.asIntN(64, 0x8000000400000003n)],
  ]);
});

Deno.test("any bits of a global come back", async () => {
  const text = `(module (import "host" "next" (func $next (result i64)))
    (global $f (mut f32) (f32.const 0)) (global $d (mut f64) (f64.const 0))
    (global $v (mut v128) (v128.const i64x2 0 0)) (global $i (mut i32) (i32.const 0))
    (func (export "_initialize")
      (global.set $i (i32.wrap_i64 (call $next)))
      (global.set $f (f32.reinterpret_i32 (i32.wrap_i64 (call $next))))
      (global.set $d (f64.reinterpret_i64 (call $next)))
      (global.set $v (i64x2.replace_lane 1 (i64x2.splat (call $next)) (call $next))))
    (func (export "all") (result i32 i32 i64 i64 i64)
      (global.get $i) (i32.reinterpret_f32 (global.get $f)) (i64.reinterpret_f64 (global.get $d))
      (i64x2.extract_lane 0 (global.get $v)) (i64x2.extract_lane 1 (global.get $v))))`;
  const bits = fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), {
    minLength: 5,
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(bits, async (values) => {
      let at = 0;
      const next = () => values[at++ % 5] ?? 0n;
      const [i = 0n, f = 0n, d, low, high] = values;
      const low32 = (value: bigint) => Number(BigInt.asIntN(32, value));
      const expected = [low32(i), low32(f), d, low, high];
      assert.deepEqual(await check(text, [["all"]], { host: { next } }), [expected]);
    }),
    { numRuns: 20 },
  );
});

const calls = (table: string) => `
    (func (export "${table}") (param i32) (result i32)
      (call_indirect $${table} (type $number) (local.get 0)))
    (func (export "${table} size") (result i32) (table.size $${table}))`;

Deno.test("tables are as they were: changed, filled, copied, cleared, grown, with their segments at hand", async () => {
  const text = `(module (type $number (func (result i32)))
    (import "host" "seven" (func $seven (result i32)))
    (import "host" "seven" (func $seven_again (result i32)))
    (import "host" "other" (func $other (result i32)))
    (table $t 4 90 funcref) (table $still 3 funcref) (table $typed 2 (ref null $number))
    (elem (table $t) (i32.const 0) func $one $two $one $two)
    (elem (table $still) (i32.const 1) func $two)
    (elem $later func $three $seven)
    (elem (table $typed) (i32.const 1) (ref null $number) (ref.func $one))
    (elem declare func $four $seven_again $other)
    (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
    (func $three (result i32) (i32.const 3)) (func $four (result i32) (i32.const 4))
    (func (export "_initialize")
      (table.set $t (i32.const 1) (ref.null func))
      (table.set $t (i32.const 2) (ref.func $four))
      (drop (table.grow $t (ref.func $two) (i32.const 3)))
      (drop (table.grow $t (ref.null func) (i32.const 70)))
      (table.fill $t (i32.const 75) (ref.func $seven_again) (i32.const 2))
      (table.copy $t $t (i32.const 4) (i32.const 2) (i32.const 1))
      (table.set $typed (i32.const 0) (ref.func $other)))
    (func (export "later") (param i32)
      (table.init $t $later (local.get 0) (i32.const 0) (i32.const 2)))
    (func (export "again") (param i32)
      (table.set $typed (local.get 0) (ref.func $three)))
    ${calls("t")} ${calls("still")} ${calls("typed")})`;
  const seven = () => 7;
  // A function of another module is that module's to number.
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(
      await assembleText('(module (func) (func (export "eight") (result i32) (i32.const 8)))'),
    ),
  );
  const other = exports["eight"] as () => number;
  const slots = (table: string, count: number): Call[] =>
    Array.from({ length: count }, (_, at) => [table, at]);
  const all: Call[] = [
    ["t size"],
    ["still size"],
    ["typed size"],
    ...slots("t", 78),
    ...slots("still", 4),
    ...slots("typed", 3),
    ["later", 1],
    ["again", 1],
    ...slots("t", 4),
    ...slots("typed", 2),
  ];
  const answers = await check(text, all, { host: { seven, other } });
  assert.deepEqual(answers.slice(0, 3), [77, 3, 2]);
  const null1 = "trap: null function";
  assert.deepEqual(answers.slice(3, 11), [1, null1, 4, 2, 4, 2, 2, null1]);
  assert.deepEqual(answers.slice(77, 81), [null1, 7, 7, "trap: table index is out of bounds"]);
  assert.deepEqual(answers.slice(-6), [1, 3, 7, 2, 8, 3]);
});

Deno.test("a table with 64-bit addresses, and one without null, keep their elements", async () => {
  const text = `(module (type $number (func (result i32)))
    (table $t i64 2 funcref) (table $sure 2 9 (ref $number) (ref.func $one))
    (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
    (elem declare func $two)
    (func (export "_initialize")
      (table.set $t (i64.const 1) (ref.func $two))
      (drop (table.grow $sure (ref.func $two) (i32.const 1))))
    (func (export "t") (param i64) (result i32)
      (call_indirect $t (type $number) (local.get 0)))
    ${calls("sure")})`;
  const answers = await check(text, [["t", 0n], ["t", 1n], ["sure", 1], ["sure", 2], [
    "sure size",
  ]]);
  assert.deepEqual(answers.slice(1), [2, 1, 2, 3]);
});

Deno.test("globals that hold functions, or null, keep them", async () => {
  const text = `(module (type $number (func (result i32)))
    (global $f (mut funcref) (ref.func $one)) (global $sure (mut (ref $number)) (ref.func $one))
    (global $outer (mut externref) (ref.null extern))
    (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
    (elem declare func $two)
    (func (export "_initialize")
      (global.set $f (ref.null func)) (global.set $sure (ref.func $two)))
    (func (export "state") (result i32 i32 i32)
      (ref.is_null (global.get $f)) (call_ref $number (global.get $sure))
      (ref.is_null (global.get $outer)))
    (func (export "first") (global.set $f (ref.func $one))))`;
  const answers = await check(text, [["state"], ["first"], ["state"]]);
  assert.deepEqual(answers, [[1, 2, 1], undefined, [0, 2, 1]]);
});

Deno.test("segments that were dropped stay dropped, and others stay usable until they are", async () => {
  const text = `(module (memory (export "memory") 1) (table $t 4 funcref)
    (type $number (func (result i32)))
    (data $gone "gone") (data $kept "kept") (data (i32.const 0) "active")
    (elem $none func $one) (elem $some func $one $one)
    (elem $typed (ref null $number) (ref.func $one))
    (func $one (result i32) (i32.const 1))
    (func (export "_initialize")
      (data.drop $gone) (elem.drop $none) (elem.drop $typed) (i32.store8 (i32.const 0) (i32.const 65)))
    (func (export "first") (result i32) (i32.load (i32.const 0)))
    (func (export "gone") (memory.init $gone (i32.const 9) (i32.const 0) (i32.const 1)))
    (func (export "gone, nothing") (memory.init $gone (i32.const 9) (i32.const 0) (i32.const 0)))
    (func (export "kept") (param i32) (result i32)
      (memory.init $kept (i32.const 20) (local.get 0) (i32.const 2)) (i32.load (i32.const 20)))
    (func (export "drop") (data.drop $kept) (elem.drop $some))
    (func (export "none") (table.init $t $none (i32.const 0) (i32.const 0) (i32.const 1)))
    (func (export "some") (table.init $t $some (i32.const 2) (i32.const 0) (i32.const 2)))
    (func (export "typed") (table.init $t $typed (i32.const 0) (i32.const 0) (i32.const 1)))
    ${calls("t")})`;
  const all: Call[] = [["first"], ["gone"], ["gone, nothing"], ["kept", 1], ["kept", 2], ["none"]];
  const answers = await check(text, [...all, ["some"], ["typed"], ["t", 3], ["drop"], ["kept", 2], [
    "some",
  ]]);
  const out = "trap: memory access out of bounds";
  const gone = "trap: element segment out of bounds";
  assert.equal(answers[1], out);
  assert.deepEqual(answers.slice(3, 10), [0x7065, 0x7470, gone, undefined, gone, 1, undefined]);
  assert.equal(answers[10], out);
});

Deno.test("a dropped segment of a module whose first memory has 64-bit addresses is found out, too", async () => {
  const text = `(module (memory i64 1) (data $gone "gone") (data $kept "kept")
    (func (export "_initialize") (data.drop $gone))
    (func (export "gone") (memory.init $gone (i64.const 0) (i32.const 0) (i32.const 4)))
    (func (export "kept") (memory.init $kept (i64.const 0) (i32.const 0) (i32.const 4)) (data.drop $kept)))`;
  const out = "trap: memory access out of bounds";
  assert.deepEqual(await check(text, [["gone"], ["kept"], ["kept"]]), [out, undefined, out]);
});

Deno.test("a function that only a segment or export named, which are gone, may still be referred to", async () => {
  const text = `(module (type $number (func (result i32)))
    (table $t 2 funcref) (elem (table $t) (i32.const 0) func $one)
    (func $one (result i32) (i32.const 1))
    (func $initialize (export "_initialize") (table.set $t (i32.const 0) (ref.null func)))
    (func (export "set") (table.set $t (i32.const 1) (ref.func $one)))
    (func (export "self") (table.set $t (i32.const 0) (ref.func $initialize)))
    ${calls("t")})`;
  const answers = await check(text, [["t", 0], ["set"], ["t", 1], ["self"]]);
  assert.deepEqual(answers.slice(1), [undefined, 1, undefined]);
});

Deno.test("what a snapshot cannot hold is refused with every reason", async () => {
  const module = decodedModule(
    await assembleText(`(module
    (import "env" "memory" (memory 1)) (import "env" "table" (table 1 funcref))
    (import "env" "global" (global (mut i32)))
    (type $pair (struct (field (mut i32)))) (table $t 1 exnref)
    (global (ref $pair) (struct.new $pair (i32.const 1)))
    (global (mut exnref) (ref.null exn))
    (func (export "snapshot:memory 0") (table.set $t (i32.const 0) (ref.null exn))))`),
  );
  const exposed = exposeState(module);
  assert.ok(!exposed.ok);
  assert.deepEqual(exposed.error, [
    "it imports a memory",
    "it imports a table",
    "it imports a mutable global",
    "the mutable global 2 holds exceptions",
    "it changes table 1, which holds exceptions",
    "an immutable global holds an object of the engine's heap that no reset reaches",
    'it has an export whose name begins with "snapshot:"',
  ]);
});

Deno.test("objects of the host or of the engine's heap that are found in tables and globals are refused", async () => {
  const module = decodedModule(
    await assembleText(`(module (import "host" "object" (func $object (result externref)))
    (table $t 3 externref) (global $small (mut i31ref) (ref.i31 (i32.const 5)))
    (func (export "_initialize") (table.set $t (i32.const 1) (call $object))))`),
  );
  const exposed = exposeState(module);
  assert.ok(exposed.ok);
  // A function that the host hands out as an object of its own is no function of the module.
  const module2 = new WebAssembly.Module(encodeModule(exposed.value) as Uint8Array<ArrayBuffer>);
  let self: unknown = "text";
  const { exports } = new WebAssembly.Instance(module2, { host: { object: () => self } });
  self = exports["_initialize"];
  (exports as Exports)["_initialize"]?.();
  const taken = takeSnapshot(module, exports);
  assert.ok(!taken.ok);
  assert.deepEqual([...taken.error].sort(), [
    "element 1 of table 0 refers to an object that cannot be written down",
    "global 0 refers to an object that cannot be written down",
  ]);
});

Deno.test("an instance of another module gives no snapshot", async () => {
  const module = decodedModule(await assembleText("(module (memory 1))"));
  const taken = takeSnapshot(module, {});
  assert.ok(!taken.ok);
  assert.match(taken.error.join(), /memory 0 is not exported: the instance is not of an exposed/);
});
