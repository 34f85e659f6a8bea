import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { decodeModule, functionType, indexSpaces } from "@skerry/wasm";
import { guestEntry } from "./guest_entry.ts";
import {
  bind,
  compile,
  type HostInterface,
  immediate,
  type Outcome,
  Pool,
  suspending,
} from "./mod.ts";

async function instance(text: string, host: WebAssembly.ModuleImports = {}) {
  const bytes = new Uint8Array(await parse(text));
  const decoded = decodeModule(bytes);
  assert.ok(decoded.ok);
  const module = decoded.value;
  const spaces = indexSpaces(module);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { host });
  return (name: string) => {
    const found = module.exports.find((each) => each.name === name) ?? assert.fail(name);
    return guestEntry(exports[name] as () => unknown, functionType(spaces, found.index));
  };
}

Deno.test("what a function gives is known at once where it has returned, whatever its type", async () => {
  const of = await instance(`(module
    (global $calls (mut i32) (i32.const 0))
    (func (export "count") (global.set 0 (i32.add (global.get 0) (i32.const 1))))
    (func (export "calls") (result i32) (global.get 0))
    (func (export "i64") (param i32 i64) (result i64)
      (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)))
    (func (export "f32") (param f32) (result f32) (f32.neg (local.get 0)))
    (func (export "f64") (param f64 f64) (result f64) (f64.sub (local.get 0) (local.get 1))))`);
  const count = of("count");
  for (let call = 1; call <= 3; call += 1) assert.equal(count([]), undefined);
  assert.equal(of("calls")([]), 3);
  assert.equal(of("i64")([-1, 3n]), 2n);
  assert.equal(of("f32")([1.5]), -1.5);
  assert.equal(of("f64")([1, 0.25]), 0.75);
});

Deno.test("what a function throws is promised, and so is all of one of another type", async () => {
  const of = await instance(`(module
    (type $open (sub (func)))
    (func (export "trap") unreachable)
    (func (export "open") (type $open))
    (func (export "pair") (result i32 i64) (i32.const 1) (i64.const 2))
    (func (export "many") (param i32 i32 i32) (result i32) (local.get 2))
    (func (export "reference") (param externref) (result externref) (local.get 0)))`);
  const later = (name: string, args: readonly number[] = []) => {
    const answer = of(name)(args);
    assert.ok(answer instanceof Promise, name);
    return answer;
  };
  await assert.rejects(later("trap"), WebAssembly.RuntimeError);
  // Of another type than `(func)`, as far as the engine is concerned.
  assert.equal(await later("open"), undefined);
  assert.deepEqual(await later("pair"), [1, 2n]);
  assert.equal(await later("many", [1, 2, 3]), 3);
  assert.equal(await later("reference", [7]), 7);
});

Deno.test("an argument of the wrong type is promised as a failure", async () => {
  const of = await instance(`(module (func (export "i64") (param i64)))`);
  await assert.rejects(async () => await of("i64")([1]), TypeError);
});

Deno.test("a guest that traps has not returned, whoever else has meanwhile", async () => {
  const other = (await instance(`(module (func (export "run")))`))("run");
  const ends: unknown[] = [];
  const of = await instance(
    `(module (import "host" "enter" (func)) (func (export "run") (call 0) unreachable))`,
    { enter: () => void ends.push(other([])) },
  );
  const end = of("run")([]);
  assert.ok(end instanceof Promise);
  await assert.rejects(end, WebAssembly.RuntimeError);
  assert.deepEqual(ends, [undefined]);
});

/** A lease of a guest that waits where its host function does, and gives a number. */
async function lease(call: () => void | Promise<void>) {
  const host: HostInterface<void> = {
    module: "host",
    functions: { wait: suspending([], [], call) },
  };
  const text = `(module (import "host" "wait" (func $wait))
    (func (export "run") (call $wait))
    (func (export "give") (param i32) (result i32) (call $wait) (local.get 0)))`;
  const compiled = await compile(new Uint8Array(await parse(text)), { interfaces: [host] });
  assert.ok(compiled.ok);
  const leased = new Pool().leaseNow(compiled.value, { bindings: [bind(host, undefined)] });
  assert.ok(typeof leased === "object");
  return leased;
}

const returned: Outcome = { kind: "returned", values: [] };

Deno.test("a lease says at once how its guest ended, where that had nothing to wait for", async () => {
  const atOnce = () => {};
  assert.deepEqual((await lease(atOnce)).runNow("run"), returned);
  assert.deepEqual((await lease(atOnce)).runNow("give", [7]), { ...returned, values: [7] });
});

Deno.test("guests that wait give each its own, in whatever order they go on", async () => {
  const waits: (() => void)[] = [];
  const later = () => new Promise<void>((resolve) => waits.push(resolve));
  const outcomes: (Outcome | Promise<Outcome>)[] = [];
  for (let value = 0; value < 3; value += 1) {
    outcomes.push((await lease(later)).runNow("give", [value]));
    assert.ok(outcomes[value] instanceof Promise);
  }
  for (const wake of waits.toReversed()) wake();
  const values = (await Promise.all(outcomes)).map((outcome) =>
    outcome.kind === "returned" ? outcome.values : assert.fail(outcome.kind)
  );
  assert.deepEqual(values, [[0], [1], [2]]);
});

Deno.test("a lease that is run twice, or of what is not exported, is a mistake of its caller's", async () => {
  const leased = await lease(() => {});
  assert.throws(() => leased.runNow("other"), /exports no function "other"/);
  leased.runNow("run");
  assert.throws(() => leased.runNow("run"), /run once/);
  await assert.rejects(leased.run("run"), /run once/);
});

Deno.test("a guest that runs another to its end from a host call, and then traps, has trapped", async () => {
  let inner: Outcome | Promise<Outcome> | undefined;
  const other = await lease(() => {});
  const host: HostInterface<void> = {
    module: "host",
    functions: { enter: immediate([], [], () => void (inner = other.runNow("run"))) },
  };
  const text = `(module (import "host" "enter" (func)) (func (export "run") (call 0) unreachable))`;
  const compiled = await compile(new Uint8Array(await parse(text)), { interfaces: [host] });
  assert.ok(compiled.ok);
  const outer = new Pool().leaseNow(compiled.value, { bindings: [bind(host, undefined)] });
  assert.ok(typeof outer === "object");
  assert.equal((await outer.runNow("run")).kind, "trapped");
  assert.deepEqual(inner, returned);
});
