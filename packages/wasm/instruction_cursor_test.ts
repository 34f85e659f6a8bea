import assert from "node:assert/strict";
import { InstructionCursor } from "./instruction_cursor.ts";
import { readLocals } from "./locals.ts";
import { type Opcode, opcodeOf, opcodes, opcodesNamed } from "./opcodes.ts";
import { print } from "@bytecodealliance/jco-transpile/wasm-tools";
import { assemble, decoded, featureTexts, moduleWithBody } from "./testing/modules.ts";

Deno.test("the cursor gives each instruction once, with no gap between them", async () => {
  for (const [, text] of featureTexts) {
    const { code } = decoded(await assemble(text));
    const cursor = new InstructionCursor(code.bytes);
    for (let body = 0; body < code.starts.length; body += 1) {
      cursor.enterBody(code, body);
      let expectedStart = cursor.offset;
      while (cursor.next()) {
        assert.equal(cursor.start, expectedStart);
        assert.ok(cursor.immediates > cursor.start && cursor.immediates <= cursor.offset);
        assert.ok(opcodeOf(cursor.opcode) !== undefined);
        expectedStart = cursor.offset;
      }
      assert.equal(expectedStart, code.ends[body]);
    }
  }
});

Deno.test("opcodes, positions and immediates are those of the body", async () => {
  const { code } = decoded(
    await assemble(`(module (memory 1) (func (param i32) (local i64 i64 f32)
      local.get 0  i32.const -300  i32.store offset=4096  i32.const 0 call 0))`),
  );
  const cursor = new InstructionCursor(code.bytes);
  cursor.enterBody(code, 0);
  const seen: string[] = [];
  while (cursor.next()) {
    const immediates = [...code.bytes.subarray(cursor.immediates, cursor.offset)];
    seen.push([opcodeOf(cursor.opcode)?.name, ...immediates].join(" "));
    if (cursor.opcode === 0x10) assert.equal(cursor.index(), 0);
  }
  assert.deepEqual(seen, [
    "local.get 0",
    "i32.const 212 125",
    "i32.store 2 128 32",
    "i32.const 0",
    "call 0",
    "end",
  ]);
  cursor.enter(code.starts[0] ?? 0, code.ends[0] ?? 0);
  assert.deepEqual(readLocals(cursor), [{ count: 2, type: "i64" }, { count: 1, type: "f32" }]);
});

Deno.test("names find opcodes, and opcodes names", () => {
  assert.deepEqual(opcodesNamed("i32.add"), [0x6a]);
  assert.deepEqual(opcodesNamed("select"), [0x1b, 0x1c]);
  assert.equal(opcodeOf(0xfd113)?.name, "i32x4.relaxed_dot_i8x16_i7x16_add_s");
  assert.equal(opcodeOf(0xfc00b)?.name, "memory.fill");
  assert.equal(opcodeOf(0xfdfff), undefined);
  assert.equal(opcodeOf(0x27), undefined);
});

Deno.test("the assembler has the same name for every opcode", async () => {
  // Control instructions print by their structure; the other tests cover them.
  const plain = opcodes.filter(({ code }) => code > 0x1f);
  const body = plain.flatMap((opcode) => [...codeBytes(opcode.code), ...immediateBytes(opcode)]);
  const size = body.length + 2;
  const leb = [(size & 0x7f) | 0x80, size >> 7];
  const sectionSize = size + 3;
  const bytes = Uint8Array.from([
    ...moduleWithBody().subarray(0, 18),
    ...[12, 1, 0],
    ...[10, (sectionSize & 0x7f) | 0x80, sectionSize >> 7, 1, ...leb, 0, ...body, 0x0b],
  ]);
  const { code } = decoded(bytes);
  const cursor = new InstructionCursor(bytes);
  cursor.enterBody(code, 0);
  const walked: number[] = [];
  while (cursor.next()) walked.push(cursor.opcode);
  assert.deepEqual(walked, [...plain.map((opcode) => opcode.code), 0x0b]);
  const text = await print(bytes);
  const printed = text.slice(text.indexOf("(func (;0;)")).split("\n").slice(1, 1 + plain.length)
    .map((line) => line.trim().split(" ")[0]);
  assert.deepEqual(printed, plain.map((opcode) => opcode.name));
});

Deno.test("V8 knows exactly the opcodes of the table", () => {
  const known = new Set(opcodes.map((opcode) => opcode.code));
  const ranges: [first: number, last: number][] = [
    [0x00, 0xfa],
    [0xff, 0xff],
    [0xfb000, 0xfb0ff],
    [0xfc000, 0xfc0ff],
    [0xfd000, 0xfd1ff],
    [0xfe000, 0xfe0ff],
  ];
  for (const [first, last] of ranges) {
    for (let code = first; code <= last; code += 1) {
      // V8 knows these two of the custom descriptors proposal but accepts no type to use them with.
      if (code === 0xfb020 || code === 0xfb021) continue;
      assert.equal(isKnownToV8(code), known.has(code), `0x${code.toString(16)}`);
    }
  }
});

function isKnownToV8(code: number): boolean {
  const bytes = moduleWithBody(0, 0x00, ...codeBytes(code), ...Array<number>(20).fill(0), 0x0b);
  try {
    new WebAssembly.Module(bytes);
    return true;
  } catch (error) {
    return !/invalid (numeric |simd |gc |atomic )?opcode/i.test(String(error));
  }
}

function codeBytes(code: number): number[] {
  if (code < 0x100) return [code];
  const low = code & 0xfff;
  return [code >> 12, ...(low < 0x80 ? [low] : [(low & 0x7f) | 0x80, low >> 7])];
}

/** The shortest immediates: zeros, but for a value type and a heap type where a zero is none. */
function immediateBytes({ immediates }: Opcode): number[] {
  return immediates.flatMap((immediate) => {
    switch (immediate) {
      case "f32":
        return Array<number>(4).fill(0);
      case "f64":
        return Array<number>(8).fill(0);
      case "v128":
      case "lanes":
        return Array<number>(16).fill(0);
      case "memarg":
        return [0, 0];
      case "heapType":
        return [0x70];
      default:
        return [0];
    }
  });
}
