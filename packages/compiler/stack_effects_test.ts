/**
 * The table of stack effects, instruction by instruction, against the engine's validation.
 *
 * After `unreachable` the stack gives whatever is asked of it (appendix 7.3, Validation Algorithm), so that
 * an instruction can be tried without knowing its operands. What it leaves has to be dropped before the
 * `end`: that counts what it pushes. What is put below its operands is left too: that counts what it pops.
 */

import assert from "node:assert/strict";
import { ByteWriter, encodeModule, type Immediate, type Opcode, opcodes } from "@skerry/wasm";
import { type StackEffect, stackEffect } from "./stack_effects.ts";
import { assembleText, decodedModule } from "./testing/compiled.ts";

/** A module in which every instruction finds what its immediates name; $f takes one of each operand. */
const decoded = decodedModule(
  await assembleText(`(module
    (type (func (param i32 i64 f32 f64 v128 nullref nullfuncref nullexternref)))
    (type $packed (struct (field (mut i8))))
    (type $plain (struct (field (mut i32))))
    (type $bytes (array (mut i8)))
    (type $numbers (array (mut i32)))
    (type $functions (array (mut funcref)))
    (memory 1) (table 1 funcref) (global (mut i32) (i32.const 0))
    (func $f (type 0)) (elem func $f) (export "f" (func $f)) (data "abc"))`),
);
const surroundings = { ...decoded, dataCount: decoded.data.length };
const operandCount = 8;
const typeCount = 6;

const zeros = (count: number) => new Array<number>(count).fill(0);

/** Ways to write an immediate, of which one should do. */
const candidates: Readonly<Partial<Record<Immediate, readonly (readonly number[])[]>>> = {
  type: Array.from({ length: typeCount }, (_, index) => [index]),
  memarg: Array.from({ length: 5 }, (_, alignment) => [alignment, 0]),
  heapType: [[0x6e], [0x70]],
  valueTypes: [[1, 0x7f]],
  f32: [zeros(4)],
  f64: [zeros(8)],
  v128: [zeros(16)],
  lanes: [zeros(16)],
};

/** Every way to write an instruction with some immediates. */
function spellings({ code, immediates }: Opcode): number[][] {
  const writer = new ByteWriter();
  if (code < 256) writer.u8(code);
  else writer.u8(code >> 12).u32(code & 0xfff);
  return immediates.reduce<number[][]>(
    (before, immediate) =>
      before.flatMap((bytes) =>
        (candidates[immediate] ?? [[0]]).map((more) => [...bytes, ...more])
      ),
    [[...writer.toBytes()]],
  );
}

/** Whether the engine takes a function that does this where it cannot be reached. */
function isValid(operands: readonly number[], instruction: readonly number[], drops: number) {
  const gets = operands.flatMap((local) => [0x20, local]);
  const drop = new Array<number>(drops).fill(0x1a);
  const body = Uint8Array.from([0, 0x00, ...gets, ...instruction, ...drop, 0x0b]);
  const code = { bytes: body, starts: Uint32Array.of(0), ends: Uint32Array.of(body.length) };
  return WebAssembly.validate(encodeModule({ ...surroundings, code }));
}

/** What the engine says of an instruction, or undefined where it takes none of its spellings. */
function engineEffect(opcode: Opcode): StackEffect | undefined {
  for (const spelling of spellings(opcode)) {
    const pushes = [0, 1, 2].find((drops) => isValid([], spelling, drops));
    if (pushes !== undefined) return { pops: countPops(spelling, pushes), pushes };
  }
  return undefined;
}

function countPops(instruction: readonly number[], pushes: number): number {
  let operands: number[] = [];
  for (;;) {
    const longer = Array.from({ length: operandCount }, (_, local) => [local, ...operands]);
    const next = longer.find((each) => isValid(each, instruction, pushes));
    if (next === undefined) return operands.length;
    operands = next;
  }
}

Deno.test("each instruction takes and leaves as many operands as the engine says", () => {
  const constant = opcodes.flatMap((opcode) => {
    const effect = stackEffect(opcode.name);
    return effect === undefined ? [] : [{ opcode, effect }];
  });
  const wrong = constant.flatMap(({ opcode, effect }) => {
    const seen = engineEffect(opcode);
    const same = seen?.pops === effect.pops && seen.pushes === effect.pushes;
    return same ? [] : [{ name: opcode.name, effect, seen }];
  });
  assert.deepEqual(wrong, []);
  assert.ok(constant.length > 500, `only ${constant.length} instructions were asked about`);
});

Deno.test("the effects that depend on types are those of blocks, branches, calls and lists", () => {
  const names = opcodes.filter(({ name }) => stackEffect(name) === undefined);
  assert.deepEqual(
    new Set(names.map(({ name }) => name)),
    new Set(
      (`unreachable block loop if else end try catch catch_all delegate throw rethrow throw_ref try_table
        br br_if br_table return call call_indirect return_call return_call_indirect call_ref return_call_ref
        br_on_null br_on_non_null br_on_cast br_on_cast_fail struct.new array.new_fixed`).split(
        /\s+/,
      ),
    ),
  );
});
