import assert from "node:assert/strict";
import { ByteWriter, type Immediate, type Opcode, opcodes } from "@skerry/wasm";
import { stackEffect } from "./stack_effects.ts";

// Types 0: struct { i32 }, 1: array of i32 (mutable), 2: struct { i8 }, 3: array of i8, 4: array of funcref.
const types = [
  [0x5f, 1, 0x7f, 1],
  [0x5e, 0x7f, 1],
  [0x5f, 1, 0x78, 1],
  [0x5e, 0x78, 1],
  [0x5e, 0x70, 1],
];
const operandTypes: readonly (readonly number[])[] = [
  [0x7f],
  [0x7e],
  [0x7d],
  [0x7c],
  [0x7b],
  [0x70],
  [0x6f],
  [0x6e],
  [0x6d],
  [0x6c],
  ...types.map((_, index) => [0x63, index]),
];

/** A module whose one function has these parameters, pushes them, runs one instruction, drops so many. */
function probe(
  instruction: readonly number[],
  params: readonly number[][],
  drops: number,
): boolean {
  const shared = instruction[0] === 0xfe ? 3 : 1;
  const writer = new ByteWriter();
  writer.raw(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00));
  const section = (id: number, content: readonly number[]): void => {
    writer.u8(id).u32(content.length).raw(Uint8Array.from(content));
  };
  section(1, [types.length + 1, ...types.flat(), 0x60, params.length, ...params.flat(), 0]);
  section(3, [1, types.length]);
  section(4, [1, 0x70, 0, 1]);
  section(5, [1, shared, 1, 1]);
  section(6, [1, 0x7f, 1, 0x41, 0, 0x0b]);
  section(9, [1, 5, 0x70, 1, 0xd2, 0, 0x0b]);
  section(12, [1]);
  const gets = params.flatMap((_, index) => [0x20, index]);
  const code = [...gets, ...instruction, ...Array.from({ length: drops }, () => 0x1a), 0x0b];
  // A local more than parameters: `local.get 0` and its like always have one.
  const body = [1, 1, 0x7f, ...code];
  section(10, [1, body.length, ...body]);
  section(11, [1, 1, 1, 0x61]);
  return WebAssembly.validate(writer.toBytes());
}

function bytesOf(opcode: Opcode, type: number, align: number): number[] {
  const code = opcode.code <= 0xff
    ? [opcode.code]
    : [...new ByteWriter().u8(opcode.code >>> 12).u32(opcode.code & 0xfff).toBytes()];
  return [...code, ...opcode.immediates.flatMap((kind) => immediate(kind, type, align))];
}

function immediate(kind: Immediate, type: number, align: number): number[] {
  switch (kind) {
    case "memarg":
      return [align, 0];
    case "type":
      return [type];
    case "f32":
      return [0, 0, 0, 0];
    case "f64":
      return Array.from({ length: 8 }, () => 0);
    case "v128":
    case "lanes":
      return Array.from({ length: 16 }, () => 0);
    case "valueTypes":
      return [1, 0x7f];
    case "heapType":
      return [0x6b];
    default:
      return [0];
  }
}

/** Whether some operand types make the instruction valid with so many taken and given. */
function fits(opcode: Opcode, takes: number, gives: number): boolean {
  const typeChoices = opcode.immediates.includes("type") ? types.map((_, index) => index) : [0];
  const aligns = opcode.immediates.includes("memarg") ? [0, 1, 2, 3] : [0];
  for (const type of typeChoices) {
    for (const align of aligns) {
      const bytes = bytesOf(opcode, type, align);
      for (const params of choices(opcode, type, takes)) {
        if (probe(bytes, params, gives)) return true;
      }
    }
  }
  return false;
}

function* choices(opcode: Opcode, type: number, count: number): Generator<number[][]> {
  // Vectors and numbers are alike for most instructions; references only where the name says so.
  const references = /^(?:ref|struct|array|i31|any|extern|table)\./.test(opcode.name);
  const pool = opcode.immediates.includes("type")
    ? [[0x7f], [0x70], [0x63, type]]
    : references
    ? operandTypes.filter((_, index) => index === 0 || index > 4)
    : operandTypes.slice(0, 5);
  const total = pool.length ** count;
  for (let number = 0; number < total; number += 1) {
    let rest = number;
    yield Array.from({ length: count }, () => {
      const type = pool[rest % pool.length] ?? [];
      rest = Math.floor(rest / pool.length);
      return [...type];
    });
  }
}

Deno.test("V8 agrees with the number of operands of every instruction that has a fixed one", () => {
  let fixed = 0;
  for (const opcode of opcodes) {
    const effect = stackEffect(opcode);
    if (effect === "variable") continue;
    const [takes, gives] = effect;
    fixed += 1;
    assert.ok(
      fits(opcode, takes, gives),
      `${opcode.name} does not take ${takes} and give ${gives}`,
    );
    if (takes > 0 && gives > 0) {
      assert.ok(!fits(opcode, takes - 1, gives - 1), `${opcode.name} takes less than ${takes}`);
    }
  }
  assert.ok(fixed > 490, `${fixed} instructions`);
});
