import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { bytesOf } from "@skerry/wasm";
import { assembleBody } from "./assembler.ts";
import { moduleOf } from "./testing/artifacts.ts";

Deno.test("a template becomes the bytes that wasm-tools makes of the same text", async () => {
  const code = `local.get $a i32.const -4096 i32.and i32.const 70000 i32.lt_u
    if local.get $b i64.const -1 i64.add i64.ctz i32.wrap_i64 local.set $a return end
    block loop local.get $a br_if 1 i32.const 1048576 local.set $a br 0 end end
    global.get 0 i32.const 1 i32.shl global.set 0
    i32.const 0 i64.const 1099511627776 i32.const 1 call_indirect 0 0 drop
    i32.const 3 i32.const 4 i32.const 5 select drop
    i32.const 1 i32.const 2 i32.const 3 memory.fill 1
    i32.const 1 i32.const 2 i32.const 3 memory.init 0 1
    i32.const 1 i32.const 2 i32.const 3 memory.copy 0 1
    memory.size 1 memory.grow 1 drop unreachable`;
  const wat = code
    .replaceAll("call_indirect 0 0", "call_indirect 0 (type 0)")
    .replaceAll("memory.init 0 1", "memory.init 1 0")
    .replaceAll(/(br_if|br) (\d)/g, "$1 $2");
  const text = `(module (type (func (param i32 i64) (result i32))) (memory 1) (memory 1)
    (table 1 funcref) (global (mut i32) (i32.const 0))
    (func (param $a i32) (local $b i64) ${wat} i32.const 7 i32.const 9
      i32.store8 1 offset=300 i32.const 8 i64.load 1 offset=300 align=1 drop)
    (data "x"))`;
  const module = moduleOf(new Uint8Array(await parse(text)));
  const { bytes, starts, ends } = module.code;
  const expected = bytesOf({ bytes, start: starts[0] ?? 0, end: ends[0] ?? 0 });
  const actual = assembleBody({
    params: [["a", "i32"]],
    results: [],
    locals: [["b", "i64"]],
    code: `${code} i32.const 7 i32.const 9 i32.store8 1 0 300 i32.const 8 i64.load 1 0 300 drop`,
  });
  assert.deepEqual([...actual], [...expected]);
});

Deno.test("a template that names what the artifact lacks cannot be assembled", () => {
  const template = { params: [], results: [], locals: [], code: "global.get undefined drop" };
  assert.throws(() => assembleBody(template), { name: "Malformed" });
});
