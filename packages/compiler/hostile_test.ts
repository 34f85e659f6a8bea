/** Modules that are valid and mean harm: spelled at more length than needed, or at the edge of what is allowed. */

import assert from "node:assert/strict";
import { ByteWriter, encodeModule, rangeOf, type WasmModule } from "@skerry/wasm";
import { verify } from "@skerry/verifier";
import { assembleText, compiledBytes, decodedModule } from "./testing/compiled.ts";
import { instantiateArtifact } from "./testing/instance.ts";

/** A module of one function `f` with this body, which was exported for a text with the same locals. */
async function withBody(text: string, body: readonly number[]): Promise<WasmModule> {
  const module = decodedModule(await assembleText(text));
  const bytes = Uint8Array.from(body);
  const code = { bytes, starts: Uint32Array.of(0), ends: Uint32Array.of(bytes.length) };
  return { ...module, code };
}

async function artifactOf(module: WasmModule): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = encodeModule(module);
  assert.ok(WebAssembly.validate(bytes));
  const { artifact } = await compiledBytes(bytes, { passes: { dirty: "always" } });
  const verified = await verify(artifact, { input: bytes });
  assert.deepEqual(verified.ok ? [] : verified.error, []);
  assert.ok(WebAssembly.validate(artifact));
  return artifact;
}

const twoParams = `(module (memory (export "memory") 4 4) (func (export "f") (param i32 i32)))`;

Deno.test("a block of no type in two bytes is as good as in one: the right page is marked", async () => {
  // local.get 0, local.get 1, block (c0 7f) end, i32.store
  const body = [0, 0x20, 0, 0x20, 1, 0x02, 0xc0, 0x7f, 0x0b, 0x36, 2, 0, 0x0b];
  const artifact = await artifactOf(await withBody(twoParams, body));
  const { exports, reset } = instantiateArtifact(new WebAssembly.Module(artifact), {});
  assert.ok(exports["memory"] instanceof WebAssembly.Memory && reset !== undefined);
  (exports["f"] as (at: number, value: number) => void)(131_072, 0x41);
  assert.equal(reset(), 0);
  assert.equal(new Uint8Array(exports["memory"].buffer)[131_072], 0);
});

Deno.test("flags and offsets of stores may be spelled in more bytes than they need", async () => {
  for (
    const immediates of [[0x82, 0x00, 0x01], [0x02, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]]
  ) {
    const body = [0, 0x20, 0, 0x20, 1, 0x36, ...immediates, 0x0b];
    await artifactOf(await withBody(twoParams, body));
  }
});

Deno.test("a store that is always out of bounds makes no module unusable", async () => {
  await artifactOf(decodedModule(
    await assembleText(
      "(module (memory 1 1) (func (i32.store (i32.const 0x10000) (i32.const 1))))",
    ),
  ));
});

Deno.test("hints without end are as good as none", async () => {
  const module = decodedModule(await assembleText(twoParams));
  const hints = new ByteWriter().u32(1).u32(0).u32(2_000_000);
  for (let hint = 0; hint < 2_000_000; hint += 1) hints.u32(1).u8(1).u8(0);
  const custom = { name: "metadata.code.branch_hint", content: rangeOf(hints.toBytes()), after: 7 };
  await artifactOf({ ...module, customs: [custom] });
});
