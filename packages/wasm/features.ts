/**
 * Which proposals beyond the first WebAssembly a module makes use of.
 *
 * Instructions bring most of them, by the opcode table; the rest shows in types, limits and sections.
 */

import { type Feature, featureBit, featureNames } from "./feature_names.ts";
import { ByteReader } from "./byte_reader.ts";
import type { ByteRange } from "./byte_range.ts";
import { type IndexSpaces, indexSpaces } from "./index_spaces.ts";
import { InstructionCursor } from "./instruction_cursor.ts";
import { readLocals } from "./locals.ts";
import type { WasmModule } from "./module.ts";
import { featureBits } from "./opcodes.ts";
import { readHeapType, readValueType, typeCode } from "./type_codes.ts";
import type { HeapType, StorageType, SubType } from "./types.ts";

/** The features that a module uses, in alphabetical order. */
export function usedFeatures(module: WasmModule): Feature[] {
  const spaces = indexSpaces(module);
  const used = new FeatureSet();
  for (const group of module.types) {
    if (group.explicit) used.add("gc");
    for (const type of group.types) addType(used, type);
  }
  addIndexSpaces(used, spaces);
  addSegments(used, module);
  addGlobals(used, module, spaces);
  addCode(used, module);
  addConstants(used, module);
  if (module.customs.some((custom) => custom.name === "metadata.code.branch_hint")) {
    used.add("branch-hinting");
  }
  // Tags and `throw` are in both exception proposals: with no other sign, take the standard one.
  if (spaces.tags.length > 0 && !used.has("legacy-exceptions")) used.add("exceptions");
  return featureNames.filter((name) => used.has(name));
}

class FeatureSet {
  bits = 0;

  add(feature: Feature): void {
    this.bits |= featureBit(feature);
  }

  has(feature: Feature): boolean {
    return (this.bits & featureBit(feature)) !== 0;
  }
}

function addType(used: FeatureSet, { final, supertypes, composite }: SubType): void {
  if (!final || supertypes.length > 0 || composite.kind !== "function") used.add("gc");
  switch (composite.kind) {
    case "function":
      if (composite.results.length > 1) used.add("multi-value");
      for (const type of composite.params) addValue(used, type);
      for (const type of composite.results) addValue(used, type);
      return;
    case "struct":
      for (const field of composite.fields) addValue(used, field.storage);
      return;
    case "array":
      return addValue(used, composite.field.storage);
  }
}

function addValue(used: FeatureSet, type: StorageType): void {
  if (type === "v128") used.add("simd");
  if (typeof type === "string") return;
  addHeap(used, type.heap);
  if (typeof type.heap === "number" || !type.nullable) used.add("typed-function-references");
  else if (type.heap === "func" || type.heap === "extern") used.add("reference-types");
}

function addHeap(used: FeatureSet, heap: HeapType): void {
  if (heap === "exn" || heap === "noexn") used.add("exceptions");
  else if (typeof heap === "string" && heap !== "func" && heap !== "extern") used.add("gc");
}

function addIndexSpaces(used: FeatureSet, { memories, tables }: IndexSpaces): void {
  if (memories.length > 1) used.add("multi-memory");
  if (tables.length > 1) used.add("reference-types");
  for (const memory of memories) {
    if (memory.addressType === "i64") used.add("memory64");
    if (memory.shared) used.add("threads");
  }
  for (const { addressType, element } of tables) {
    if (addressType === "i64") used.add("memory64");
    // A table of (ref null func) is as old as WebAssembly itself.
    if (!element.nullable || element.heap !== "func") addValue(used, element);
  }
}

function addSegments(used: FeatureSet, module: WasmModule): void {
  if (module.dataCount !== undefined) used.add("bulk-memory");
  if (module.data.some((segment) => segment.mode.kind === "passive")) used.add("bulk-memory");
  for (const { mode, items } of module.elements) {
    if (mode.kind === "passive") used.add("bulk-memory");
    if (mode.kind === "declarative" || items.kind === "expressions") used.add("reference-types");
    if (items.kind === "expressions") addValue(used, items.type);
  }
}

/** Immutable globals alone could be imported and exported at first. */
function addGlobals(used: FeatureSet, module: WasmModule, spaces: IndexSpaces): void {
  for (const { value } of spaces.globals) addValue(used, value);
  for (const { type } of module.imports) {
    if (type.kind === "global" && type.type.mutable) used.add("mutable-globals");
  }
  for (const { kind, index } of module.exports) {
    if (kind === "global" && spaces.globals[index]?.mutable === true) used.add("mutable-globals");
  }
}

function addCode(used: FeatureSet, module: WasmModule): void {
  const { code } = module;
  const cursor = new InstructionCursor(code.bytes);
  const locals = new ByteReader(code.bytes);
  for (let body = 0; body < code.starts.length; body += 1) {
    locals.offset = code.starts[body] ?? 0;
    locals.end = code.ends[body] ?? 0;
    for (const { type } of readLocals(locals)) addValue(used, type);
    cursor.enter(locals.offset, locals.end);
    addInstructions(used, cursor);
  }
}

function addInstructions(used: FeatureSet, cursor: InstructionCursor): void {
  let bits = 0;
  while (cursor.next()) {
    bits |= featureBits[cursor.slot] ?? 0;
    switch (cursor.opcode) {
      case 0x02: // block
      case 0x03: // loop
      case 0x04: // if
      case 0x06: // try
      case 0x1f: // try_table
        addBlockType(used, cursor);
        break;
      case 0xd0: // ref.null
        addHeap(used, readHeapType(new ByteReader(cursor.bytes, cursor.immediates)));
    }
  }
  used.bits |= bits;
}

/** A block whose type is an index came with multiple values. */
function addBlockType(used: FeatureSet, cursor: InstructionCursor): void {
  const byte = cursor.bytes[cursor.immediates] ?? typeCode.empty;
  if (byte === typeCode.empty || (byte >= 0x7c && byte < 0x80)) return;
  if (byte < 0x40) used.add("multi-value");
  else if (byte < 0x80) {
    addValue(used, readValueType(new ByteReader(cursor.bytes, cursor.immediates)));
  } else if (new ByteReader(cursor.bytes, cursor.immediates).readS33() >= 0) {
    used.add("multi-value");
  }
}

function addConstants(used: FeatureSet, module: WasmModule): void {
  for (const { init } of module.globals) addConstant(used, init);
  for (const { init } of module.tables) if (init !== undefined) addConstant(used, init);
  for (const { mode } of module.data) if (mode.kind === "active") addConstant(used, mode.offset);
  for (const { mode, items } of module.elements) {
    if (mode.kind === "active") addConstant(used, mode.offset);
    if (items.kind !== "expressions") continue;
    for (let index = 1; index < items.offsets.length; index += 1) {
      const start = items.offsets[index - 1] ?? 0;
      addConstant(used, { bytes: items.bytes, start, end: items.offsets[index] ?? start });
    }
  }
}

function addConstant(used: FeatureSet, range: ByteRange): void {
  const cursor = new InstructionCursor(range.bytes);
  cursor.enter(range.start, range.end);
  while (cursor.next()) if (extendedConstants.has(cursor.opcode)) used.add("extended-const");
  cursor.enter(range.start, range.end);
  addInstructions(used, cursor);
}

/** Additions, subtractions and multiplications of i32 and i64. */
const extendedConstants: ReadonlySet<number> = new Set([0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e]);
