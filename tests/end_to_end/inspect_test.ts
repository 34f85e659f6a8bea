import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { skerry } from "./skerry.ts";

const text = `(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1 4) (table 2 funcref) (global (export "g") (mut i64) (i64.const 0))
  (func (export "add") (param i32 i32) (result i32) (i32.extend8_s (i32.add (local.get 0) (local.get 1)))))`;

Deno.test("a module's parts are data, as JSON and for people", async () => {
  const stdin = new Uint8Array(await parse(text));
  const { code, stdout } = await skerry(["inspect", "-", "--format", "json"], { stdin });
  assert.equal(code, 0);
  const report = JSON.parse(stdout);
  assert.equal(report.bytes, stdin.length);
  assert.deepEqual(report.imports, [{
    module: "wasi_snapshot_preview1",
    name: "proc_exit",
    type: "(i32) -> ()",
  }]);
  assert.deepEqual(
    report.exports.map(({ name, type }: { name: string; type: string }) => [name, type]),
    [
      ["memory", "memory i32 1..4"],
      ["g", "global mut i64"],
      ["add", "(i32, i32) -> i32"],
    ],
  );
  assert.deepEqual(report.features, ["mutable-globals", "sign-extensions"]);
  const sections: { offset: number; bytes: number }[] = report.sections;
  const total = sections.reduce((sum, { bytes }) => sum + bytes, 8);
  assert.equal(total, stdin.length);
  const people = await skerry(["inspect", "-"], { stdin });
  assert.match(people.stdout, /proc_exit +\(i32\) -> \(\)[^]*add +\(i32, i32\) -> i32/);
});

Deno.test("--wat prints text that assembles to the same module", async () => {
  const stdin = new Uint8Array(await parse(text));
  const { code, stdout } = await skerry(["inspect", "-", "--wat"], { stdin });
  assert.equal(code, 0);
  assert.deepEqual(new Uint8Array(await parse(stdout)), stdin);
});

Deno.test("what is no module is refused with an offset", async () => {
  const { code, stderr } = await skerry(["inspect", "-"], { stdin: "hello, I am text" });
  assert.equal(code, 1);
  assert.match(stderr, /at offset 0x0: /);
});

Deno.test("doctor looks at this machine, and each finding that is not fine has its remedy", async () => {
  const { code, stdout } = await skerry(["doctor", "--format", "json"]);
  const checks: { name: string; state: string; remedy?: string }[] = JSON.parse(stdout);
  assert.ok(checks.length >= 10);
  assert.equal(code, checks.some(({ state }) => state === "lacking") ? 1 : 0);
  for (const check of checks) {
    assert.match(check.state, /^(fine|limited|lacking)$/);
    assert.equal(check.remedy !== undefined, check.state !== "fine", check.name);
  }
  assert.ok(checks.some(({ name, state }) => name === "C compiler" && state === "fine"));
});
