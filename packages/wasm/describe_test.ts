import assert from "node:assert/strict";
import {
  describeExternType,
  describeFunctionType,
  describeSubType,
  describeTableType,
  describeValueType,
  listSections,
} from "./describe.ts";
import { functionType, indexSpaces } from "./index_spaces.ts";
import { assemble, decoded } from "./testing/modules.ts";

Deno.test("types read as in the text format", async () => {
  const { types } = indexSpaces(decoded(
    await assemble(`(module
      (type (func (param i32 i64) (result f32)))
      (type (func (result i32 funcref)))
      (type (sub (struct (field (mut i8) (ref 0) (ref null 1)))))
      (type (sub final 2 (struct (field (mut i8) (ref 0) (ref null 1)))))
      (type (array (mut (ref any)))) (type (struct)))`),
  ));
  assert.deepEqual(types.map(describeSubType), [
    "(i32, i64) -> f32",
    "() -> (i32, funcref)",
    "sub struct { mut i8, (ref 0), (ref null 1) }",
    "sub final 2 struct { mut i8, (ref 0), (ref null 1) }",
    "array { mut (ref any) }",
    "struct {}",
  ]);
  assert.equal(describeValueType({ nullable: true, heap: "noextern" }), "nullexternref");
});

Deno.test("imports and limits read as in the text format", async () => {
  const module = decoded(
    await assemble(`(module
      (import "a" "f" (func (param i32))) (import "a" "m" (memory 1 16 shared))
      (import "a" "g" (global (mut i64))) (import "a" "t" (table i64 10 externref))
      (import "a" "e" (tag)) (table 0 funcref) (memory 2))`),
  );
  assert.deepEqual(module.imports.map((item) => describeExternType(item.type)), [
    "function type 0",
    "memory i32 1..16 shared",
    "global mut i64",
    "table i64 10.. externref",
    "tag type 1",
  ]);
  assert.deepEqual(module.tables.map((table) => describeTableType(table.type)), [
    "i32 0.. funcref",
  ]);
});

Deno.test("functions have their types, imported ones first", async () => {
  const spaces = indexSpaces(decoded(
    await assemble(`(module (import "a" "f" (func (param i32))) (func (result i64) i64.const 0))`),
  ));
  assert.equal(spaces.importedFunctions, 1);
  const described = [0, 1, 2].map((index) => {
    const type = functionType(spaces, index);
    return type === undefined ? undefined : describeFunctionType(type);
  });
  assert.deepEqual(described, ["(i32) -> ()", "() -> i64", undefined]);
});

Deno.test("the section list adds up to the file", async () => {
  const bytes = await assemble(`(module (memory 1) (func $f) (@custom "note" "hello"))`);
  const sections = listSections(decoded(bytes));
  let offset = 8;
  for (const section of sections) {
    assert.equal(section.offset, offset);
    offset += section.sizeBytes;
  }
  assert.equal(offset, bytes.length);
  assert.deepEqual(sections.map((section) => section.name).sort(), [
    "code",
    'custom "name"',
    'custom "note"',
    "function",
    "memory",
    "type",
  ]);
});
