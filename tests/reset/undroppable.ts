/** Segments whose dropping would make a module impossible to reset (docs/artifact.md, "Replaced instructions"). */

import { InstructionCursor, opcodesNamed, type WasmModule } from "@skerry/wasm";

const fromData = opcodeSet("array.new_data", "array.init_data");
const fromElements = opcodeSet("array.new_elem", "array.init_elem");

/** Those that arrays are made of, or filled from. */
export function undroppable(module: WasmModule): { data: Set<number>; elements: Set<number> } {
  const data = new Set<number>();
  const elements = new Set<number>();
  const cursor = new InstructionCursor(module.code.bytes);
  for (const body of module.functions.keys()) {
    cursor.enterBody(module.code, body);
    while (cursor.next()) {
      const into = fromData.has(cursor.opcode)
        ? data
        : fromElements.has(cursor.opcode)
        ? elements
        : undefined;
      if (into !== undefined) into.add(secondIndex(cursor));
    }
  }
  return { data, elements };
}

/** The first immediate is the array's type. */
function secondIndex(cursor: InstructionCursor): number {
  const { offset } = cursor;
  cursor.offset = cursor.immediates;
  cursor.readU32();
  const index = cursor.readU32();
  cursor.offset = offset;
  return index;
}

function opcodeSet(...names: string[]): ReadonlySet<number> {
  return new Set(names.flatMap((name) => [...opcodesNamed(name)]));
}
