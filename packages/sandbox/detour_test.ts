import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { bind, compile, type Guest, type HostInterface, Pool, suspending } from "./mod.ts";

/** Functions of every shape, that answer at once or later as they are told. */
function hostOf(answersLater: (call: number) => boolean) {
  const seen: unknown[][] = [];
  const answer = <Value>(name: string, args: unknown[], value: Value): Value | Promise<Value> => {
    seen.push([name, ...args]);
    if (!answersLater(seen.length - 1)) return value;
    return new Promise((resolve) => setTimeout(() => resolve(value), 1));
  };
  const host: HostInterface<void> = {
    module: "host",
    functions: {
      none: suspending(["i32"], [], (_: Guest<void>, a) => answer("none", [a], undefined)),
      i32: suspending([], ["i32"], () => answer("i32", [], -1)),
      i64: suspending(
        ["i64", "f64"],
        ["i64"],
        (_: Guest<void>, a, b) => answer("i64", [a, b], 2n ** 40n),
      ),
      f32: suspending(["f32"], ["f32"], (_: Guest<void>, a) => answer("f32", [a], 1.5)),
      f64: suspending(
        ["i32", "i32"],
        ["f64"],
        (_: Guest<void>, a, b) => answer("f64", [a, b], -0.25),
      ),
    },
  };
  return { host, seen };
}

const text = `(module
  (import "host" "none" (func $none (param i32)))
  (import "host" "i32" (func $i32 (result i32)))
  (import "host" "i64" (func $i64 (param i64 f64) (result i64)))
  (import "host" "f32" (func $f32 (param f32) (result f32)))
  (import "host" "f64" (func $f64 (param i32 i32) (result f64)))
  (func (export "run") (result i32 i64 f32 f64)
    (call $none (i32.const 7))
    (call $i32)
    (call $i64 (i64.const -1) (f64.const 0.5))
    (call $f32 (f32.const 2))
    (call $f64 (i32.const 1) (i32.const 2))
    (call $none (i32.const 8))))`;

const calls = [["none", 7], ["i32"], ["i64", -1n, 0.5], ["f32", 2], ["f64", 1, 2], ["none", 8]];

Deno.test("a function that may wait gives the same at once as later, whatever its type", async () => {
  // Each bit says of one call whether it waits.
  for (let pattern = 0; pattern < 2 ** calls.length; pattern += 7) {
    const { host, seen } = hostOf((call) => (pattern >>> call & 1) === 1);
    const compiled = await compile(new Uint8Array(await parse(text)), { interfaces: [host] });
    assert.ok(compiled.ok);
    const pool = new Pool();
    for (let use = 0; use < 2; use += 1) {
      seen.length = 0;
      const lease = pool.leaseNow(compiled.value, { bindings: [bind(host, undefined)] });
      assert.ok(typeof lease === "object");
      const outcome = await lease.run("run");
      lease.release();
      assert.deepEqual(outcome, { kind: "returned", values: [-1, 2n ** 40n, 1.5, -0.25] });
      assert.deepEqual(seen, calls);
    }
  }
});

Deno.test("a backtrace through a function that may wait has the guest's frames alone", async () => {
  for (const later of [false, true]) {
    const fail = suspending([], ["i32"], (guest: Guest<void>) => {
      if (later) return Promise.reject(new Error("a fault"));
      return guest.exit(3);
    });
    const host = { module: "host", functions: { fail } };
    const source = `(module (import "host" "fail" (func $fail (result i32)))
      (func $inner (result i32) (i32.add (call $fail) (i32.const 1)))
      (func (export "run") (result i32) (i32.add (call $inner) (i32.const 1))))`;
    const compiled = await compile(new Uint8Array(await parse(source)), { interfaces: [host] });
    assert.ok(compiled.ok);
    const lease = new Pool().leaseNow(compiled.value, { bindings: [bind(host, undefined)] });
    assert.ok(typeof lease === "object");
    const outcome = await lease.run("run");
    lease.release();
    if (!later) assert.deepEqual(outcome, { kind: "exited", code: 3 });
    else {
      assert.ok(outcome.kind === "hostFault");
      assert.deepEqual(outcome.backtrace.map(({ functionIndex }) => functionIndex), [1, 2]);
    }
  }
});
