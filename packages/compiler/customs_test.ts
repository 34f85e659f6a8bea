/** What a module says of itself for people and tools is in its artifact, byte for byte. */

import assert from "node:assert/strict";
import { bytesOf, functionNames } from "@skerry/wasm";
import { assembleText, compiledBytes, decodedModule } from "./testing/compiled.ts";

Deno.test("names, DWARF, producers and features are kept as they are and in their order", async () => {
  const bytes = await assembleText(`(module $demo
    (@custom "target_features" (after code) "\\01+\\0bbulk-memory")
    (@custom ".debug_info" (after data) "\\00\\01\\02 code offsets of the module")
    (@custom ".debug_line" (after data) "lines")
    (@producers (language "C11" "") (processed-by "clang" "22"))
    (memory 1)
    (func $store (param $at i32) (i32.store (local.get $at) (i32.const 1)))
    (func $again (loop $l (call $store (i32.const 8)) (br $l))))`);
  const { artifact } = await compiledBytes(bytes, { passes: { dirty: "always" } });
  const before = decodedModule(bytes);
  const after = decodedModule(artifact);
  const listed = (module: typeof before) =>
    module.customs.map(({ name, content }) => [name, [...bytesOf(content)]] as const);
  const ours = ["metadata.code.branch_hint", "skerry.offsets", "skerry"];
  assert.deepEqual(listed(after).filter(([name]) => !ours.includes(name)), listed(before));
  assert.deepEqual(
    before.customs.map(({ name }) => name).sort(),
    [".debug_info", ".debug_line", "name", "producers", "target_features"],
  );
  const names = functionNames(after);
  assert.deepEqual([names.get(0), names.get(1)], ["store", "again"]);
});
