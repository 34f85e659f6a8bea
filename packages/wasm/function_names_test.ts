import assert from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import { rangeOf } from "./byte_range.ts";
import { functionNames } from "./function_names.ts";
import type { WasmModule } from "./module.ts";
import { assemble, decoded } from "./testing/modules.ts";

const text = `(module
  (import "env" "host" (func))
  (func $inner (nop)) (func (export "out") (nop)) (func (nop)))`;

function withNameSection(module: WasmModule, ...content: number[]): WasmModule {
  return {
    ...module,
    customs: [{ name: "name", content: rangeOf(Uint8Array.from(content)), after: 10 }],
  };
}

Deno.test("the name section comes first, then exports, then imports", async () => {
  const names = functionNames(decoded(await assemble(text)));
  assert.deepEqual([0, 1, 2, 3, 4].map((index) => names.get(index)), [
    "env.host",
    "inner",
    "out",
    undefined,
    undefined,
  ]);
});

Deno.test("the first export of several names a function", async () => {
  const module = decoded(await assemble(`(module (func (export "a") (export "b")))`));
  assert.equal(functionNames(module).get(0), "a");
});

Deno.test("a malformed name section is as good as none", async () => {
  const module = decoded(await assemble(text));
  const malformed: number[][] = [
    [],
    [1],
    [1, 9, 1, 0],
    [1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f],
    [1, 7, 2, 2, 1, 0x61, 1, 1, 0x62], // out of order
    [1, 5, 1, 2, 9, 0x61, 0x62], // a name beyond the subsection
    [1, 4, 1, 2, 1, 0xff], // not UTF-8
    [...encodeUtf8("nonsense")],
  ];
  for (const content of malformed) {
    const names = functionNames(withNameSection(module, ...content));
    assert.deepEqual([names.get(0), names.get(2), names.get(3)], ["env.host", "out", undefined]);
  }
});

Deno.test("names of functions that do not exist are left out", async () => {
  const module = decoded(await assemble(text));
  const section = [0, 2, 1, 0x6d, 1, 8, 2, 3, 1, 0x7a, 0xff, 0x7f, 1, 0x79];
  const names = functionNames(withNameSection(module, ...section));
  assert.equal(names.get(3), "z");
  assert.equal(names.get(16383), undefined);
});
