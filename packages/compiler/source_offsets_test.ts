/** The offset map, asked: each instruction of the artifact has its place in the module. */

import assert from "node:assert/strict";
import { InstructionCursor } from "@skerry/wasm";
import { SourceOffsets } from "./source_offsets.ts";
import { assembleText, compiledBytes, decodedModule } from "./testing/compiled.ts";

Deno.test("an instruction's place is that of the same instruction in the module, also where a loop is unrolled", async () => {
  const bytes = await assembleText(`(module (memory 1)
    (func (param i32) (loop $l
      (i64.store offset=3 (local.get 0) (i64.const 77))
      (local.set 0 (i32.add (local.get 0) (i32.const 8)))
      (br_if $l (i32.lt_u (local.get 0) (i32.const 4096)))))
    (func (export "f") (i32.store8 (i32.const 9) (i32.const 1))))`);
  const { artifact } = await compiledBytes(bytes, { passes: { dirty: "always" } });
  const module = decodedModule(artifact);
  const offsets = new SourceOffsets(module);
  const cursor = new InstructionCursor(module.code.bytes);
  const stores: number[] = [];
  for (const body of [0, 1]) {
    cursor.enterBody(module.code, body);
    while (cursor.next()) {
      // i64.store, and i32.store8 of the guest: ours name another memory.
      const own = cursor.bytes[cursor.immediates] === 0x40;
      if ((cursor.opcode !== 0x37 && cursor.opcode !== 0x3a) || own) continue;
      const source = offsets.sourceOf(body, cursor.start);
      assert.ok(source !== undefined);
      assert.deepEqual(
        [...bytes.subarray(source, source + cursor.offset - cursor.start)],
        [...cursor.bytes.subarray(cursor.start, cursor.offset)],
      );
      stores.push(source);
    }
  }
  // The loop's store is written eight times, and all of them come from one.
  assert.equal(stores.length, 9);
  assert.equal(new Set(stores).size, 2);
  const injected = module.code.starts.length - 1;
  assert.equal(offsets.sourceOf(injected, module.code.starts[injected] ?? 0), undefined);
});
