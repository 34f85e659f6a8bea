import assert from "node:assert/strict";
import { bytesEqual, encodeUtf8 } from "@skerry/base";
import { rangeOf } from "./byte_range.ts";
import { ByteWriter } from "./byte_writer.ts";
import { encodeModule } from "./encode.ts";
import { emptyModule, type WasmModule } from "./module.ts";
import { assemble, decoded, featureTexts, moduleOf } from "./testing/modules.ts";

Deno.test("what the assembler writes comes back byte for byte", async () => {
  for (const [, text] of featureTexts) {
    const bytes = await assemble(text);
    assert.ok(bytesEqual(encodeModule(decoded(bytes)), bytes), text);
    assert.ok(WebAssembly.validate(bytes), text);
  }
});

Deno.test("longer spellings come back as the shortest, and stay so", () => {
  const padded = Uint8Array.from([
    ...moduleOf(),
    ...[5, 0x86, 0x80, 0x00, 0x81, 0x00, 0x01, 0x82, 0x00, 0x03], // one memory, 2 to 3 pages
    ...[0, 0x84, 0x00, 0x81, 0x00, 0x61, 0xee],
  ]);
  const encoded = encodeModule(decoded(padded));
  assert.deepEqual(encoded, moduleOf([5, 1, 1, 2, 3], [0, 1, 0x61, 0xee]));
  assert.deepEqual(encodeModule(decoded(encoded)), encoded);
});

Deno.test("empty sections and explicit zero indexes stay as they were", () => {
  const bytes = moduleOf(
    [1, 0],
    [4, 1, 0x70, 0, 1],
    [5, 1, 0, 1],
    [9, 2, 2, 0, 0x41, 0, 0x0b, 0, 0, 0, 0x41, 0, 0x0b, 0],
    [10, 0],
    [11, 2, 2, 0, 0x41, 0, 0x0b, 0, 0, 0x41, 0, 0x0b, 0],
  );
  assert.deepEqual(encodeModule(decoded(bytes)), bytes);
});

Deno.test("limits keep all of their 64 bits", () => {
  const largest = [...Array<number>(9).fill(0xff), 0x01];
  const bytes = moduleOf([5, 1, 5, ...largest, ...largest]);
  assert.deepEqual(decoded(bytes).memories[0]?.limits, {
    min: 2n ** 64n - 1n,
    max: 2n ** 64n - 1n,
  });
  assert.deepEqual(encodeModule(decoded(bytes)), bytes);
});

Deno.test("a memory's maximum can be changed", async () => {
  const module = decoded(await assemble(`(module (memory (export "m") 1))`));
  const memories = module.memories.map((memory) => ({
    ...memory,
    limits: { ...memory.limits, max: 2n },
  }));
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(encodeModule({ ...module, memories })),
  );
  const memory = exports.m;
  assert.ok(memory instanceof WebAssembly.Memory);
  memory.grow(1);
  assert.throws(() => memory.grow(1), RangeError);
});

Deno.test("a module can be built from nothing, and runs", () => {
  const body = new ByteWriter().u32(0).u8(0x20).u32(0).u8(0x41).s33(-100).u8(0x6a).u8(0x0b);
  const module: WasmModule = {
    ...emptyModule,
    types: [{
      explicit: false,
      types: [{
        final: true,
        supertypes: [],
        composite: { kind: "function", params: ["i32"], results: ["i32"] },
      }],
    }],
    functions: Uint32Array.of(0),
    exports: [{ name: "f", kind: "function", index: 0 }],
    code: {
      bytes: body.toBytes(),
      starts: Uint32Array.of(0),
      ends: Uint32Array.of(body.length),
    },
    customs: [{ name: "note", content: rangeOf(encodeUtf8("hello")), after: 0 }],
  };
  const compiled = new WebAssembly.Module(encodeModule(module));
  const { f } = new WebAssembly.Instance(compiled).exports;
  assert.ok(typeof f === "function");
  assert.equal(f(142), 42);
  assert.equal(WebAssembly.Module.customSections(compiled, "note").length, 1);
});

Deno.test("a body can be replaced while the others stay where they are", async () => {
  const module = decoded(
    await assemble(`(module (func (export "a") (result i32) (i32.const 1))
      (func (export "b") (result i32) (i32.const 2)))`),
  );
  const { code } = module;
  const writer = new ByteWriter().raw(code.bytes);
  const starts = code.starts.slice();
  const ends = code.ends.slice();
  starts[1] = writer.length;
  writer.u32(0).u8(0x41).s33(3000).u8(0x0b);
  ends[1] = writer.length;
  const changed = encodeModule({ ...module, code: { bytes: writer.toBytes(), starts, ends } });
  const { a, b } = new WebAssembly.Instance(new WebAssembly.Module(changed)).exports;
  assert.ok(typeof a === "function" && typeof b === "function");
  assert.deepEqual([a(), b()], [1, 3000]);
});

Deno.test("a data count follows the data segments when they change", async () => {
  const module = decoded(await assemble(`(module (memory 1) (data $a "x") (func (data.drop $a)))`));
  const [segment] = module.data;
  assert.ok(segment);
  const encoded = encodeModule({ ...module, data: [segment, segment] });
  assert.equal(decoded(encoded).dataCount, 2);
  assert.ok(WebAssembly.validate(encoded));
});

Deno.test("functions without bodies are our own mistake", () => {
  assert.throws(() => encodeModule({ ...emptyModule, functions: Uint32Array.of(0) }), /bug/);
});
