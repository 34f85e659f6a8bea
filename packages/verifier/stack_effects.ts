/**
 * How many operands each instruction takes and gives. Instructions whose numbers depend on types or labels
 * are `variable` here; the walk knows them one by one.
 */

import { type Opcode, opcodes } from "@skerry/wasm";

/** Numbers of operands, or that they depend on more than the opcode. */
export type StackEffect = readonly [takes: number, gives: number] | "variable";

/** The effect of an instruction. */
export function stackEffect(opcode: Opcode): StackEffect {
  return exact[opcode.name] ?? patterned(opcode.name);
}

/** What {@link packedEffects} has for what is variable. */
export const variableEffect = 0xff;

const firstSlots: Readonly<Record<number, number>> = { 0xfb: 256, 0xfc: 320, 0xfd: 384, 0xfe: 896 };

/** The slot that an instruction cursor gives an opcode (the cursor's tables are dense). */
export function slotOfCode(code: number): number {
  if (code <= 0xff) return code;
  return (firstSlots[code >>> 12] ?? 0) + (code & 0xfff);
}

const variable = [
  "block",
  "loop",
  "if",
  "else",
  "try",
  "catch",
  "catch_all",
  "delegate",
  "try_table",
  "end",
  "throw",
  "rethrow",
  "throw_ref",
  "br",
  "br_if",
  "br_table",
  "return",
  "unreachable",
  "call",
  "call_indirect",
  "call_ref",
  "return_call",
  "return_call_indirect",
  "return_call_ref",
  "br_on_null",
  "br_on_non_null",
  "br_on_cast",
  "br_on_cast_fail",
  "struct.new",
  "array.new_fixed",
];

const exact: Readonly<Record<string, StackEffect>> = {
  ...Object.fromEntries(variable.map((name) => [name, "variable"] as const)),
  nop: [0, 0],
  drop: [1, 0],
  select: [3, 1],
  "local.get": [0, 1],
  "local.set": [1, 0],
  "local.tee": [1, 1],
  "global.get": [0, 1],
  "global.set": [1, 0],
  "table.get": [1, 1],
  "table.set": [2, 0],
  "table.size": [0, 1],
  "table.grow": [2, 1],
  "table.fill": [3, 0],
  "table.copy": [3, 0],
  "table.init": [3, 0],
  "elem.drop": [0, 0],
  "memory.size": [0, 1],
  "memory.grow": [1, 1],
  "memory.fill": [3, 0],
  "memory.copy": [3, 0],
  "memory.init": [3, 0],
  "data.drop": [0, 0],
  "ref.null": [0, 1],
  "ref.is_null": [1, 1],
  "ref.func": [0, 1],
  "ref.eq": [2, 1],
  "ref.as_non_null": [1, 1],
  "ref.test": [1, 1],
  "ref.cast": [1, 1],
  "ref.i31": [1, 1],
  "i31.get_s": [1, 1],
  "i31.get_u": [1, 1],
  "any.convert_extern": [1, 1],
  "extern.convert_any": [1, 1],
  "struct.new_default": [0, 1],
  "struct.get": [1, 1],
  "struct.get_s": [1, 1],
  "struct.get_u": [1, 1],
  "struct.set": [2, 0],
  "array.new": [2, 1],
  "array.new_default": [1, 1],
  "array.new_data": [2, 1],
  "array.new_elem": [2, 1],
  "array.get": [2, 1],
  "array.get_s": [2, 1],
  "array.get_u": [2, 1],
  "array.set": [3, 0],
  "array.len": [1, 1],
  "array.fill": [4, 0],
  "array.copy": [5, 0],
  "array.init_data": [4, 0],
  "array.init_elem": [4, 0],
  "memory.atomic.notify": [2, 1],
  "memory.atomic.wait32": [3, 1],
  "memory.atomic.wait64": [3, 1],
  "atomic.fence": [0, 0],
  "v128.bitselect": [3, 1],
  "i8x16.shuffle": [2, 1],
  "i8x16.swizzle": [2, 1],
  "i8x16.relaxed_swizzle": [2, 1],
};

/** The families of numeric and vector instructions, told by what their names end in. */
function patterned(name: string): StackEffect {
  const [type = "", operation = ""] = name.split(/\.(.*)/);
  if (operation === "const") return [0, 1];
  if (/^(?:load.*_lane)$/.test(operation)) return [2, 1];
  if (/^(?:load|atomic\.load)/.test(operation)) return [1, 1];
  if (/^(?:store|atomic\.store)/.test(operation)) return [2, 0];
  if (operation.includes("cmpxchg")) return [3, 1];
  if (operation.startsWith("atomic.rmw")) return [2, 1];
  if (ternary.test(operation)) return [3, 1];
  if (operation.startsWith("replace_lane")) return [2, 1];
  if (type.includes("x") || type === "v128") return vectorUnary.test(operation) ? [1, 1] : [2, 1];
  return scalarUnary.test(operation) ? [1, 1] : [2, 1];
}

const ternary = /^relaxed_(?:n?madd|laneselect|dot_i8x16_i7x16_add_s)$/;
const scalarUnary =
  /^(?:eqz|clz|ctz|popcnt|abs|neg|ceil|floor|trunc|nearest|sqrt|wrap_|extend|trunc_|convert_|demote_|promote_|reinterpret_)/;
const vectorUnary =
  /^(?:splat|extract_lane|not$|any_true|all_true|bitmask|abs|neg|popcnt|ceil|floor|trunc|nearest|sqrt|extadd_pairwise|extend_|convert_|demote_|promote_|relaxed_trunc)/;

function packEffects(): Uint8Array {
  const table = new Uint8Array(1024).fill(variableEffect);
  for (const opcode of opcodes) {
    const effect = stackEffect(opcode);
    if (effect === "variable") continue;
    table[slotOfCode(opcode.code)] = effect[0] | (effect[1] << 4);
  }
  return table;
}

/** `takes` and `gives` in the low and high four bits, by slot; 0xff for what is variable or unknown. */
export const packedEffects: Readonly<Uint8Array> = packEffects();
