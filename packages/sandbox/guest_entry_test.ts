import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
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

async function instance(text: string, imports: WebAssembly.Imports = {}) {
  const module = new WebAssembly.Module(new Uint8Array(await parse(text)));
  const { exports } = new WebAssembly.Instance(module, imports);
  return (name: string) => exports[name] as () => unknown;
}

Deno.test("a function that takes and gives nothing is known to have returned, at once", async () => {
  const of = await instance(`(module
    (global (export "calls") (mut i32) (i32.const 0))
    (func (export "count") (global.set 0 (i32.add (global.get 0) (i32.const 1))))
    (func (export "calls?") (result i32) (global.get 0)))`);
  const count = guestEntry(of("count"));
  for (let call = 1; call <= 3; call += 1) assert.equal(count([]), undefined);
  assert.equal(of("calls?")(), 3);
});

Deno.test("what a function throws, gives or takes is promised, of whatever type it is", async () => {
  const of = await instance(`(module
    (type $open (sub (func)))
    (func (export "trap") unreachable)
    (func (export "open") (type $open))
    (func (export "sum") (param i32 i64) (result i64)
      (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1))))`);
  const { RuntimeError } = WebAssembly;
  await assert.rejects(async () => await guestEntry(of("trap"))([]), RuntimeError);
  assert.equal(await guestEntry(of("sum"))([-1, 3n]), 2n);
  // Of another type than `(func)`, as far as the engine is concerned.
  assert.equal(await guestEntry(of("open"))([]), undefined);
});

Deno.test("a guest that traps has not returned, whoever else has meanwhile", async () => {
  const other = guestEntry((await instance(`(module (func (export "run")))`))("run"));
  const ends: unknown[] = [];
  const host = { enter: () => void ends.push(other([])) };
  const of = await instance(
    `(module (import "host" "enter" (func)) (func (export "run") (call 0) unreachable))`,
    { host },
  );
  const end = guestEntry(of("run"))([]);
  assert.ok(end instanceof Promise);
  await assert.rejects(end, WebAssembly.RuntimeError);
  assert.deepEqual(ends, [undefined]);
});

/** A guest that waits where its host function does, and the outcomes of its lease. */
async function lease(call: () => void | Promise<void>) {
  const host: HostInterface<void> = {
    module: "host",
    functions: { wait: suspending([], [], call) },
  };
  const text = `(module (import "host" "wait" (func $wait)) (func (export "run") (call $wait)))`;
  const compiled = await compile(new Uint8Array(await parse(text)), { interfaces: [host] });
  assert.ok(compiled.ok);
  const leased = new Pool().leaseNow(compiled.value, { bindings: [bind(host, undefined)] });
  assert.ok(typeof leased === "object");
  return leased;
}

const returned: Outcome = { kind: "returned", values: [] };

Deno.test("a lease says at once how its guest ended, where that had nothing to wait for", async () => {
  assert.deepEqual((await lease(() => {})).runNow("run"), returned);
  const waiting = (await lease(() => Promise.resolve())).runNow("run");
  assert.ok(waiting instanceof Promise);
  assert.deepEqual(await waiting, returned);
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
