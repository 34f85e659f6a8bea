/** The section `skerry`: what it says is so. */

import assert from "node:assert/strict";
import { sectionId } from "@skerry/wasm";
import { readArtifactSection } from "./testing/artifact_section.ts";
import { assembleText, compiledBytes, decodedModule } from "./testing/compiled.ts";

const everything = `(module
  (import "host" "f" (func (param i32)))
  (memory 3) (memory i64 1 5)
  (table $t 2 funcref) (table 1 externref)
  (global $g (mut i32) (i32.const 7))
  (data (i32.const 100) "image") (data $d "dropped")
  (elem $e func $f)
  (start $f)
  (func $f
    (drop (memory.grow 0 (i32.const 1)))
    (drop (table.grow $t (ref.null func) (i32.const 1)))
    (loop) (data.drop $d) (elem.drop $e)))`;

async function sectionOf(text: string, options = {}) {
  const bytes = await assembleText(text);
  const { artifact } = await compiledBytes(bytes, options);
  const module = decodedModule(artifact);
  return { bytes, artifact, module, section: readArtifactSection(module) };
}

const digest = async (bytes: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

Deno.test("the section counts what the module had and names what was added", async () => {
  const { section } = await sectionOf(everything);
  assert.equal(section.version, 1);
  assert.equal(section.passes, 1 + 2 + 4 + 8);
  assert.deepEqual(section.counts, {
    ...{ types: 2, functions: 2, tables: 2, memories: 2, globals: 1, elements: 1, data: 2 },
  });
  assert.equal(section.side, 2);
  assert.equal(section.hooks, 2);
  assert.deepEqual([section.fuel, section.id, section.discard], [1, 2, 3]);
  assert.deepEqual(section.memories, [
    { mode: 1, map: 0, hidden: 4 },
    { mode: 2, map: 0, hidden: undefined },
  ]);
  assert.deepEqual(section.tables, [
    { snapshot: 3, changed: 5 },
    { snapshot: undefined, changed: undefined },
  ]);
  assert.deepEqual(section.images, [{ memory: 0, start: 100n, length: 5, segment: 2 }]);
  assert.deepEqual(section.droppedData, [{ segment: 1, flag: 6 }]);
  assert.equal(section.emptyData, 3);
  assert.deepEqual(section.droppedElements, [{ segment: 0, flag: 7, empty: 1 }]);
  assert.equal(section.start, 1);
  assert.deepEqual(section.notResettable, []);
});

Deno.test("what the section names is there, and it is exported under its own names", async () => {
  const { module, section } = await sectionOf(everything);
  assert.equal(module.memories.length, (section.side ?? 0) + 1);
  assert.equal(module.tables.length, 4);
  assert.equal(module.globals.length, 8);
  assert.equal(module.functions.length, section.counts.functions - 1 + section.functions.length);
  const exported = new Map(module.exports.map(({ name, kind, index }) => [name, { kind, index }]));
  assert.deepEqual(exported.get("skerry:side"), { kind: "memory", index: section.side });
  assert.deepEqual(exported.get("skerry:hooks"), { kind: "table", index: section.hooks });
  assert.deepEqual(exported.get("skerry:fuel"), { kind: "global", index: section.fuel });
  assert.deepEqual(exported.get("skerry:id"), { kind: "global", index: section.id });
  assert.deepEqual(exported.get("skerry:start"), { kind: "function", index: section.start });
  const last = section.counts.functions + section.functions.length - 1;
  assert.deepEqual(exported.get("skerry:reset"), { kind: "function", index: last });
  assert.deepEqual(exported.get("skerry:init"), { kind: "function", index: last - 1 });
  assert.equal(module.start, undefined);
});

Deno.test("the section says which passes were made, and why others were not", async () => {
  const passes = { preempt: false, reset: false, grow: false };
  const { section } = await sectionOf("(module (memory 3))", { passes });
  assert.equal(section.passes, 0);
  assert.deepEqual([section.side, section.hooks, section.fuel], [undefined, undefined, undefined]);
  const imported = await sectionOf(`(module (import "m" "m" (memory 1)))`);
  assert.equal(imported.section.passes, 1 + 2);
  assert.deepEqual(imported.section.notResettable, ["it imports a memory"]);
});

Deno.test("the digests are those of the module and of the artifact before its last 32 bytes", async () => {
  const { bytes, artifact, section } = await sectionOf(everything);
  assert.equal(section.moduleBytes, bytes.length);
  assert.deepEqual(section.moduleDigest, await digest(bytes));
  const before = artifact.slice(0, artifact.length - 32);
  assert.deepEqual(section.artifactDigest, await digest(before));
  assert.deepEqual(section.artifactDigest, artifact.slice(artifact.length - 32));
});

Deno.test("the section says where the module's code is, for offsets that count from there", async () => {
  const { bytes, section } = await sectionOf(everything);
  const code = decodedModule(bytes).sections.find(({ id }) => id === sectionId.code);
  assert.equal(section.codeOffset, code?.start);
});

Deno.test("the last two sections are the offset map and this one", async () => {
  const { module } = await sectionOf(everything);
  assert.deepEqual(module.sections.slice(-2).map(({ name }) => name), ["skerry.offsets", "skerry"]);
});
