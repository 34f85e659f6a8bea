/** Writes types in their shortest forms (5.3 Types). */

import type { ByteWriter } from "./byte_writer.ts";
import { externKinds } from "./section_ids.ts";
import { typeCode, writeValueType } from "./type_codes.ts";
import type {
  AddressType,
  CompositeType,
  ExternType,
  FieldType,
  GlobalType,
  Limits,
  MemoryType,
  RecursionGroup,
  SubType,
  TableType,
  ValueType,
} from "./types.ts";

/** Writes a recursion group; a lone type goes without one unless the group is explicit. */
export function writeRecursionGroup(writer: ByteWriter, group: RecursionGroup): void {
  if (group.explicit || group.types.length !== 1) {
    writer.u8(typeCode.recursionGroup).u32(group.types.length);
  }
  for (const type of group.types) writeSubType(writer, type);
}

/** Writes a table type. */
export function writeTableType(writer: ByteWriter, type: TableType): void {
  writeValueType(writer, type.element);
  writeLimits(writer, type.limits, type.addressType, 0);
}

/** Writes a memory type. */
export function writeMemoryType(writer: ByteWriter, type: MemoryType): void {
  writeLimits(writer, type.limits, type.addressType, type.shared ? 2 : 0);
}

/** Writes a global type. */
export function writeGlobalType(writer: ByteWriter, type: GlobalType): void {
  writeValueType(writer, type.value);
  writer.u8(type.mutable ? 1 : 0);
}

/** Writes a tag type: the attribute 0 for exceptions, then the type index. */
export function writeTagType(writer: ByteWriter, type: number): void {
  writer.u8(0).u32(type);
}

/** Writes what an import is. */
export function writeExternType(writer: ByteWriter, extern: ExternType): void {
  writer.u8(externKinds.indexOf(extern.kind));
  switch (extern.kind) {
    case "function":
      writer.u32(extern.type);
      return;
    case "table":
      return writeTableType(writer, extern.type);
    case "memory":
      return writeMemoryType(writer, extern.type);
    case "global":
      return writeGlobalType(writer, extern.type);
    case "tag":
      return writeTagType(writer, extern.type);
  }
}

function writeSubType(writer: ByteWriter, type: SubType): void {
  if (!type.final || type.supertypes.length > 0) {
    writer.u8(type.final ? typeCode.subFinal : typeCode.sub).u32(type.supertypes.length);
    for (const index of type.supertypes) writer.u32(index);
  }
  writeCompositeType(writer, type.composite);
}

function writeCompositeType(writer: ByteWriter, type: CompositeType): void {
  switch (type.kind) {
    case "function":
      writer.u8(typeCode.function);
      writeValueTypes(writer, type.params);
      return writeValueTypes(writer, type.results);
    case "struct":
      writer.u8(typeCode.struct).u32(type.fields.length);
      for (const field of type.fields) writeFieldType(writer, field);
      return;
    case "array":
      writer.u8(typeCode.array);
      return writeFieldType(writer, type.field);
  }
}

function writeValueTypes(writer: ByteWriter, types: readonly ValueType[]): void {
  writer.u32(types.length);
  for (const type of types) writeValueType(writer, type);
}

function writeFieldType(writer: ByteWriter, field: FieldType): void {
  if (field.storage === "i8") writer.u8(typeCode.i8);
  else if (field.storage === "i16") writer.u8(typeCode.i16);
  else writeValueType(writer, field.storage);
  writer.u8(field.mutable ? 1 : 0);
}

function writeLimits(
  writer: ByteWriter,
  limits: Limits,
  address: AddressType,
  sharedFlag: number,
): void {
  const maxFlag = limits.max === undefined ? 0 : 1;
  writer.u8(maxFlag | sharedFlag | (address === "i64" ? 4 : 0)).u64(limits.min);
  if (limits.max !== undefined) writer.u64(limits.max);
}
