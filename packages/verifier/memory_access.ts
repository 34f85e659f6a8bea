/** What instructions do to memory: whether they store, how many bytes, and what lies above the address. */

import { type Opcode, opcodes } from "@skerry/wasm";
import { slotOfCode } from "./stack_effects.ts";

/** Bytes that an instruction stores, by slot; 0 for those that store nothing. */
export const storeWidths: Readonly<Uint8Array> = tableOf(storeWidth);

/** Operands above the address, by slot, of those that store. */
export const operandsAboveAddress: Readonly<Uint8Array> = tableOf(({ name }) =>
  name.includes("cmpxchg") ? 2 : 1
);

function storeWidth({ name, immediates }: Opcode): number {
  if (!immediates.includes("memarg")) return 0;
  const narrow = /(?:\.store|\.rmw)(8|16|32|64)/.exec(name)?.[1];
  if (narrow !== undefined) return Number(narrow) / 8;
  if (!/\.store|\.rmw/.test(name)) return 0;
  return name.startsWith("v128") ? 16 : /^.64/.test(name) ? 8 : 4;
}

function tableOf(value: (opcode: Opcode) => number): Uint8Array {
  const table = new Uint8Array(1024);
  for (const opcode of opcodes) table[slotOfCode(opcode.code)] = value(opcode);
  return table;
}
