/**
 * The WebAssembly binary format: decode, walk, edit, encode, describe.
 *
 * @module
 */
export { decodeModule } from "./decode.ts";
export { encodeModule } from "./encode.ts";
export {
  type Code,
  type CustomSection,
  type DataSegment,
  type ElementItems,
  type ElementSegment,
  emptyModule,
  type Export,
  type Global,
  type Import,
  type Section,
  type SegmentMode,
  type Table,
  type WasmModule,
} from "./module.ts";
export type {
  AbstractHeapType,
  AddressType,
  CompositeType,
  ExternKind,
  ExternType,
  FieldType,
  FunctionType,
  GlobalType,
  HeapType,
  Limits,
  MemoryType,
  NumberType,
  RecursionGroup,
  ReferenceType,
  StorageType,
  SubType,
  TableType,
  ValueType,
} from "./types.ts";
export { type ByteRange, bytesOf, rangeOf } from "./byte_range.ts";
export { ByteReader, Malformed } from "./byte_reader.ts";
export { ByteWriter } from "./byte_writer.ts";
export { InstructionCursor } from "./instruction_cursor.ts";
export { type LocalGroup, readLocals } from "./locals.ts";
export { readHeapType, readValueType, writeHeapType, writeValueType } from "./type_codes.ts";
export type { Immediate } from "./opcode_table.ts";
export { type Opcode, opcodeOf, opcodes, opcodesNamed, slotCount, slotOf } from "./opcodes.ts";
export { functionType, type IndexSpaces, indexSpaces } from "./index_spaces.ts";
export { FunctionNames, functionNames } from "./function_names.ts";
export type { Feature } from "./feature_names.ts";
export { usedFeatures } from "./features.ts";
export { sectionId, sectionName, sectionOrder } from "./section_ids.ts";
export { moduleLimits } from "./limits.ts";
export {
  describeCompositeType,
  describeExternType,
  describeFunctionType,
  describeGlobalType,
  describeHeapType,
  describeLimits,
  describeMemoryType,
  describeSubType,
  describeTableType,
  describeValueType,
  listSections,
  type SectionSummary,
} from "./describe.ts";
