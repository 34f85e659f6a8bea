/** Writes the entries of sections (5.5.5 to 5.5.16), each number as short as it can be. */

import type { ByteRange } from "./byte_range.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { writeExternType, writeGlobalType, writeTableType } from "./encode_types.ts";
import type { DataSegment, ElementSegment, Export, Global, Import, Table } from "./module.ts";
import { externKinds } from "./section_ids.ts";
import { funcref, writeValueType } from "./type_codes.ts";

/** Writes an import. */
export function writeImport(writer: ByteWriter, item: Import): void {
  writer.name(item.module).name(item.name);
  writeExternType(writer, item.type);
}

/** Writes a table; 0x40 0x00 says that an expression for its elements follows. */
export function writeTable(writer: ByteWriter, table: Table): void {
  if (table.init !== undefined) writer.u8(0x40).u8(0x00);
  writeTableType(writer, table.type);
  if (table.init !== undefined) writeRange(writer, table.init);
}

/** Writes a global. */
export function writeGlobal(writer: ByteWriter, global: Global): void {
  writeGlobalType(writer, global.type);
  writeRange(writer, global.init);
}

/** Writes an export. */
export function writeExport(writer: ByteWriter, item: Export): void {
  writer.name(item.name).u8(externKinds.indexOf(item.kind)).u32(item.index);
}

/** Writes an element segment in the shortest of its eight forms that says all, unless told to be explicit. */
export function writeElement(writer: ByteWriter, { mode, items }: ElementSegment): void {
  const expressions = items.kind === "expressions";
  const typed = mode.kind !== "active" || mode.explicit || mode.index !== 0 ||
    (expressions && !(items.type.nullable && items.type.heap === funcref.heap));
  const placeFlags = mode.kind === "passive" ? 1 : mode.kind === "declarative" ? 3 : typed ? 2 : 0;
  writer.u32(placeFlags | (expressions ? 4 : 0));
  if (mode.kind === "active") {
    if (typed) writer.u32(mode.index);
    writeRange(writer, mode.offset);
  }
  if (!expressions) {
    if (typed) writer.u8(0);
    return writeIndexes(writer, items.indexes);
  }
  if (typed) writeValueType(writer, items.type);
  writer.u32(items.offsets.length - 1);
  writer.raw(items.bytes, items.offsets[0], items.offsets[items.offsets.length - 1]);
}

/** Writes a data segment. */
export function writeData(writer: ByteWriter, { mode, content }: DataSegment): void {
  if (mode.kind === "passive") {
    writer.u32(1);
  } else {
    const explicit = mode.explicit || mode.index !== 0;
    writer.u32(explicit ? 2 : 0);
    if (explicit) writer.u32(mode.index);
    writeRange(writer, mode.offset);
  }
  writer.u32(content.end - content.start);
  writeRange(writer, content);
}

/** Writes indexes with their count. */
export function writeIndexes(writer: ByteWriter, indexes: Uint32Array): void {
  writer.u32(indexes.length);
  for (const index of indexes) writer.u32(index);
}

/** Writes the bytes of a range. */
export function writeRange(writer: ByteWriter, range: ByteRange): void {
  writer.raw(range.bytes, range.start, range.end);
}
