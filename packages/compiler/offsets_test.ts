/** The section `skerry.offsets`: where each guest instruction has gone. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type Code, InstructionCursor } from "@skerry/wasm";
import { readArtifactSection } from "./testing/artifact_section.ts";
import { assembleText, compiledBytes, decodedModule } from "./testing/compiled.ts";
import { bodyOffset, readOffsets } from "./testing/offsets_section.ts";
import { randomModule } from "./testing/random_module.ts";

/** Offsets at which the instructions of a body start. */
function instructionStarts(code: Code, body: number): Set<number> {
  const cursor = new InstructionCursor(code.bytes);
  const starts = new Set<number>();
  cursor.enterBody(code, body);
  while (cursor.next()) starts.add(cursor.start);
  return starts;
}

/** Every guest instruction is in a run, runs are the same bytes, and none has part of a snippet. */
async function check(text: string): Promise<void> {
  const bytes = await assembleText(text);
  const { artifact } = await compiledBytes(bytes);
  const from = decodedModule(bytes);
  const to = decodedModule(artifact);
  const { counts } = readArtifactSection(to);
  const bodies = readOffsets(to, from.functions.length);
  const imported = counts.functions - from.functions.length;
  assert.equal(imported, 0);
  bodies.forEach(({ start, runs }, body) => {
    assert.equal(start, from.code.starts[body], "a body's start");
    const guest = instructionStarts(from.code, body);
    const ours = instructionStarts(to.code, body);
    const found = new Set<number>();
    for (const { artifactAt, moduleAt, length } of runs) {
      assert.ok(moduleAt >= start && moduleAt + length <= (from.code.ends[body] ?? 0));
      const here = bodyOffset(to.code, body) + artifactAt;
      for (let at = 0; at < length; at += 1) {
        if (!guest.has(moduleAt + at)) continue;
        found.add(moduleAt + at);
        assert.ok(ours.has(here + at), "a guest instruction is not at an instruction's start");
      }
      if (length === 1) continue;
      assert.deepEqual(
        artifact.slice(here, here + length),
        bytes.slice(moduleAt, moduleAt + length),
      );
    }
    assert.deepEqual(found, guest, "instructions that no run has");
  });
}

Deno.test("every guest instruction is found in the artifact, byte for byte", async () => {
  await fc.assert(fc.asyncProperty(randomModule, check), { numRuns: 300 });
});

Deno.test("an instruction that a call stands for is a run of one byte", async () => {
  const bytes = await assembleText(
    `(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 1) (i32.const 2))))`,
  );
  const { artifact } = await compiledBytes(bytes);
  const [body] = readOffsets(decodedModule(artifact), 1);
  assert.deepEqual(body?.runs.map(({ length }) => length), [6, 1, 1]);
});
