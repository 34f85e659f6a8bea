/**
 * Look-ups made of the opcode table: by opcode for tools, by slot for the loops that read every
 * instruction.
 *
 * A slot is an opcode's index in dense tables: the opcode itself for a single byte, and 256 onwards for
 * those behind a prefix.
 */

import { type Feature, featureBit } from "./feature_names.ts";
import { shape, shapeOf } from "./immediate_shapes.ts";
import { type Immediate, opcodeTable } from "./opcode_table.ts";

/** An instruction of the table. */
export interface Opcode {
  /** Such as 0x6a, or 0xfd113 for 0xFD followed by 0x113. */
  readonly code: number;
  readonly name: string;
  readonly immediates: readonly Immediate[];
  /** The proposal that brought it; undefined for what has always been there, and for `throw`, which two share. */
  readonly feature: Feature | undefined;
}

/** Slots that there are. */
export const slotCount = 1024;

/** The first slot behind a prefix byte, by that byte; 0 for a byte that is no prefix. */
const prefixSlots = Uint16Array.from(
  { length: 256 },
  (_, byte) => ({ 0xfb: 256, 0xfc: 320, 0xfd: 384, 0xfe: 896 })[byte] ?? 0,
);
const prefixSlotEnds: Readonly<Record<number, number>> = {
  0xfb: 320,
  0xfc: 384,
  0xfd: 896,
  0xfe: 1024,
};

/** The slot of what follows a prefix byte, or that of no instruction where it is out of range. */
export function prefixedSlot(prefix: number, suboperation: number): number {
  const slot = (prefixSlots[prefix] ?? 0) + suboperation;
  return slot < (prefixSlotEnds[prefix] ?? 0) ? slot : slotCount - 1;
}

/** The slot of an opcode such as 0xfd113. */
export function slotOf(code: number): number {
  return code < 256 ? code : prefixedSlot(code >>> 12, code & 0xfff);
}

/** Every instruction, in the order of opcodes. */
export const opcodes: readonly Opcode[] = opcodeTable.flatMap((
  [first, feature, immediates, names],
) =>
  names.split(/\s+/).map((name, index) => ({
    code: first + index,
    name,
    immediates: immediates === "" ? [] : immediates.split(" ") as Immediate[],
    feature: feature === "" || feature === "exception" ? undefined : feature,
  }))
);

const opcodeBySlot = new Map(opcodes.map((opcode) => [slotOf(opcode.code), opcode]));

/** The instruction with this opcode. */
export function opcodeOf(code: number): Opcode | undefined {
  const opcode = opcodeBySlot.get(slotOf(code));
  return opcode?.code === code ? opcode : undefined;
}

/** The opcodes with this name: more than one where the text format has one name for several. */
export function opcodesNamed(name: string): readonly number[] {
  return opcodes.filter((opcode) => opcode.name === name).map((opcode) => opcode.code);
}

/** The shape of each slot's immediates. */
export const shapes: Readonly<Uint8Array> = makeShapes();

/** The feature bit of each slot; 0 where an instruction needs none. */
export const featureBits: Readonly<Uint32Array> = makeFeatureBits();

function makeShapes(): Uint8Array {
  const table = new Uint8Array(slotCount);
  for (const prefix of [0xfb, 0xfc, 0xfd, 0xfe]) table[prefix] = shape.prefix;
  for (const opcode of opcodes) table[slotOf(opcode.code)] = shapeOf(opcode.immediates);
  return table;
}

function makeFeatureBits(): Uint32Array {
  const table = new Uint32Array(slotCount);
  for (const { code, feature } of opcodes) {
    if (feature !== undefined) table[slotOf(code)] = featureBit(feature);
  }
  return table;
}
