/** Which instructions are treated alike by the walk: a small number for each opcode slot. */

import { type Opcode, opcodes } from "@skerry/wasm";
import { slotOfCode, stackEffect } from "./stack_effects.ts";

/** Ways of treating instructions. */
export const actionOf = {
  unknown: 0,
  /** All that matters is how many operands it takes and gives. */
  plain: 1,
  localGet: 2,
  localSet: 3,
  localTee: 4,
  constant: 5,
  arithmetic: 6,
  access: 7,
  block: 8,
  end: 9,
  branch: 10,
  call: 11,
  callThrough: 12,
  global: 13,
  memory: 14,
  table: 15,
  drop: 16,
  array: 17,
  allocate: 18,
  referToFunction: 19,
} as const;

const byName: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries({
    localGet: "local.get",
    localSet: "local.set",
    localTee: "local.tee",
    constant: "i32.const i64.const",
    arithmetic: "i32.add i32.sub i32.shl i64.add i64.sub i64.shl i32.wrap_i64 i64.extend_i32_u",
    block: "block loop if else try catch catch_all try_table",
    end: "end delegate",
    branch:
      "br br_if br_table return unreachable throw rethrow throw_ref br_on_null br_on_non_null br_on_cast br_on_cast_fail",
    call: "call return_call",
    callThrough: "call_indirect return_call_indirect call_ref return_call_ref",
    global: "global.get global.set",
    memory: "memory.size memory.grow memory.fill memory.copy memory.init",
    table: "table.get table.set table.size table.grow table.fill table.copy table.init",
    drop: "data.drop elem.drop",
    array:
      "array.new array.new_default array.new_data array.new_elem array.fill array.copy array.init_data array.init_elem",
    allocate: "struct.new array.new_fixed",
    referToFunction: "ref.func",
  }).flatMap(([action, names]) =>
    names.split(" ").map((name) => [name, actionOf[action as keyof typeof actionOf]] as const)
  ),
);

/** The way of treating each instruction, by slot. */
export const actions: Readonly<Uint8Array> = makeActions();

function makeActions(): Uint8Array {
  const table = new Uint8Array(1024);
  for (const opcode of opcodes) table[slotOfCode(opcode.code)] = action(opcode);
  return table;
}

function action(opcode: Opcode): number {
  const named = byName[opcode.name];
  if (named !== undefined) return named;
  if (opcode.immediates.includes("memarg")) return actionOf.access;
  return stackEffect(opcode) === "variable" ? actionOf.unknown : actionOf.plain;
}
