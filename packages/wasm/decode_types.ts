/** Reads composite types, limits and what imports declare (5.3 Types). */

import type { ByteReader } from "./byte_reader.ts";
import { moduleLimits } from "./limits.ts";
import { externKinds } from "./section_ids.ts";
import { readReferenceType, readValueType, typeCode } from "./type_codes.ts";
import type {
  AddressType,
  CompositeType,
  ExternType,
  FieldType,
  GlobalType,
  Limits,
  MemoryType,
  RecursionGroup,
  StorageType,
  SubType,
  TableType,
  ValueType,
} from "./types.ts";

const noTypeIndexes: readonly number[] = Object.freeze([]);
const noValueTypes: readonly ValueType[] = Object.freeze([]);

/**
 * Reads a recursion group.
 *
 * @param typesLeft how many types the module may still have
 */
export function readRecursionGroup(reader: ByteReader, typesLeft: number): RecursionGroup {
  if (reader.bytes[reader.offset] !== typeCode.recursionGroup) {
    return { explicit: false, types: [readSubType(reader)] };
  }
  reader.skip(1);
  const max = Math.min(moduleLimits.recursionGroupTypesMax, typesLeft);
  const count = reader.readCount(max, "types of a recursion group");
  const types: SubType[] = [];
  for (let index = 0; index < count; index += 1) types.push(readSubType(reader));
  return { explicit: true, types };
}

/** Reads a table type. */
export function readTableType(reader: ByteReader): TableType {
  const element = readReferenceType(reader);
  const flags = readLimitsFlags(reader, 0b101);
  return { element, addressType: addressType(flags), limits: readLimits(reader, flags) };
}

/** Reads a memory type. */
export function readMemoryType(reader: ByteReader): MemoryType {
  const flags = readLimitsFlags(reader, 0b111);
  return {
    addressType: addressType(flags),
    limits: readLimits(reader, flags),
    shared: (flags & 2) !== 0,
  };
}

/** Reads a global type. */
export function readGlobalType(reader: ByteReader): GlobalType {
  return { value: readValueType(reader), mutable: readMutability(reader) };
}

/** Reads a tag type: an attribute that is 0 for exceptions, and a type index. */
export function readTagType(reader: ByteReader): number {
  if (reader.readU8() !== 0) reader.fail("malformed tag attribute", reader.offset - 1);
  return reader.readU32();
}

/** Reads what an import is. */
export function readExternType(reader: ByteReader): ExternType {
  const kind = externKinds[reader.readU8()] ??
    reader.fail("malformed import kind", reader.offset - 1);
  switch (kind) {
    case "function":
      return { kind, type: reader.readU32() };
    case "table":
      return { kind, type: readTableType(reader) };
    case "memory":
      return { kind, type: readMemoryType(reader) };
    case "global":
      return { kind, type: readGlobalType(reader) };
    case "tag":
      return { kind, type: readTagType(reader) };
  }
}

function readSubType(reader: ByteReader): SubType {
  const code = reader.bytes[reader.offset];
  if (code !== typeCode.sub && code !== typeCode.subFinal) {
    return { final: true, supertypes: noTypeIndexes, composite: readCompositeType(reader) };
  }
  reader.skip(1);
  const count = reader.readCount(moduleLimits.supertypesMax, "supertypes");
  const supertypes = count === 0 ? noTypeIndexes : readList(reader, count, readIndex);
  return {
    final: code === typeCode.subFinal,
    supertypes,
    composite: readCompositeType(reader),
  };
}

function readCompositeType(reader: ByteReader): CompositeType {
  const start = reader.offset;
  const code = reader.readU8();
  switch (code) {
    case typeCode.function:
      return {
        kind: "function",
        params: readValueTypes(reader, moduleLimits.paramsMax, "parameters"),
        results: readValueTypes(reader, moduleLimits.resultsMax, "results"),
      };
    case typeCode.struct: {
      const count = reader.readCount(moduleLimits.structFieldsMax, "fields");
      return { kind: "struct", fields: readList(reader, count, readFieldType) };
    }
    case typeCode.array:
      return { kind: "array", field: readFieldType(reader) };
    default:
      return reader.fail(`malformed type form 0x${code.toString(16)}`, start);
  }
}

function readValueTypes(reader: ByteReader, max: number, what: string): readonly ValueType[] {
  const count = reader.readCount(max, what);
  return count === 0 ? noValueTypes : readList(reader, count, readValueType);
}

function readFieldType(reader: ByteReader): FieldType {
  return { storage: readStorageType(reader), mutable: readMutability(reader) };
}

function readStorageType(reader: ByteReader): StorageType {
  const code = reader.bytes[reader.offset];
  if (code !== typeCode.i8 && code !== typeCode.i16) return readValueType(reader);
  reader.skip(1);
  return code === typeCode.i8 ? "i8" : "i16";
}

function readMutability(reader: ByteReader): boolean {
  const byte = reader.readU8();
  if (byte > 1) reader.fail("malformed mutability", reader.offset - 1);
  return byte === 1;
}

/** One byte: bit 0 a maximum follows, bit 1 shared, bit 2 addresses of 64 bits (5.3.9, threads proposal). */
function readLimitsFlags(reader: ByteReader, allowed: number): number {
  const flags = reader.readU8();
  if ((flags & ~allowed) !== 0) reader.fail("malformed limits flags", reader.offset - 1);
  return flags;
}

function readLimits(reader: ByteReader, flags: number): Limits {
  return { min: reader.readU64(), max: (flags & 1) === 0 ? undefined : reader.readU64() };
}

function addressType(flags: number): AddressType {
  return (flags & 4) === 0 ? "i32" : "i64";
}

function readIndex(reader: ByteReader): number {
  return reader.readU32();
}

function readList<Item>(
  reader: ByteReader,
  count: number,
  read: (reader: ByteReader) => Item,
): Item[] {
  const items: Item[] = [];
  for (let index = 0; index < count; index += 1) items.push(read(reader));
  return items;
}
