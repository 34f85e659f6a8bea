/** Reads the entries of each section (5.5.4 to 5.5.17). Every function starts behind the section's size. */

import type { ExpressionChecker } from "./expression.ts";
import type { ByteRange } from "./byte_range.ts";
import type { ByteReader } from "./byte_reader.ts";
import {
  readExternType,
  readGlobalType,
  readMemoryType,
  readRecursionGroup,
  readTableType,
  readTagType,
} from "./decode_types.ts";
import { moduleLimits } from "./limits.ts";
import type { DataSegment, Export, Global, Import, SegmentMode, Table } from "./module.ts";
import { externKinds } from "./section_ids.ts";
import type { MemoryType, RecursionGroup } from "./types.ts";

/** What sections are read with: a position, and a checker of expressions that moves the same position. */
export interface SectionReader {
  readonly reader: ByteReader;
  readonly checker: ExpressionChecker;
}

/** Types, in recursion groups. */
export function readTypes({ reader }: SectionReader): RecursionGroup[] {
  const sizeBytes = reader.end - reader.offset;
  if (sizeBytes > moduleLimits.typeSectionBytesMax) {
    reader.fail(`${sizeBytes} bytes of types exceed ${moduleLimits.typeSectionBytesMax}`);
  }
  const count = reader.readCount(moduleLimits.typesMax, "types");
  const groups: RecursionGroup[] = [];
  let typesLeft = moduleLimits.typesMax;
  for (let index = 0; index < count; index += 1) {
    const group = readRecursionGroup(reader, typesLeft);
    typesLeft -= group.types.length;
    groups.push(group);
  }
  return groups;
}

/** Imports. */
export function readImports({ reader }: SectionReader): Import[] {
  const count = reader.readCount(moduleLimits.importsMax, "imports");
  const imports: Import[] = [];
  for (let index = 0; index < count; index += 1) {
    imports.push({
      module: reader.readName(),
      name: reader.readName(),
      type: readExternType(reader),
    });
  }
  return imports;
}

/** The type index of each function. */
export function readFunctions({ reader }: SectionReader): Uint32Array {
  return readIndexes(reader, reader.readCount(moduleLimits.functionsMax, "functions"));
}

/** Tables. */
export function readTables(section: SectionReader): Table[] {
  const count = section.reader.readCount(moduleLimits.tablesMax, "tables");
  const tables: Table[] = [];
  for (let index = 0; index < count; index += 1) tables.push(readTable(section));
  return tables;
}

/** Memories. */
export function readMemories({ reader }: SectionReader): MemoryType[] {
  const count = reader.readCount(moduleLimits.memoriesMax, "memories");
  const memories: MemoryType[] = [];
  for (let index = 0; index < count; index += 1) memories.push(readMemoryType(reader));
  return memories;
}

/** The type index of each tag. */
export function readTags({ reader }: SectionReader): Uint32Array {
  const tags = new Uint32Array(reader.readCount(moduleLimits.tagsMax, "tags"));
  for (let index = 0; index < tags.length; index += 1) tags[index] = readTagType(reader);
  return tags;
}

/** Globals. */
export function readGlobals(section: SectionReader): Global[] {
  const count = section.reader.readCount(moduleLimits.globalsMax, "globals");
  const globals: Global[] = [];
  for (let index = 0; index < count; index += 1) {
    globals.push({ type: readGlobalType(section.reader), init: readExpression(section) });
  }
  return globals;
}

/** Exports. */
export function readExports({ reader }: SectionReader): Export[] {
  const count = reader.readCount(moduleLimits.exportsMax, "exports");
  const exports: Export[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = reader.readName();
    const kind = externKinds[reader.readU8()] ??
      reader.fail("malformed export kind", reader.offset - 1);
    exports.push({ name, kind, index: reader.readU32() });
  }
  return exports;
}

/** Data segments. */
export function readData(section: SectionReader): DataSegment[] {
  const { reader } = section;
  const count = reader.readCount(moduleLimits.dataSegmentsMax, "data segments");
  const segments: DataSegment[] = [];
  for (let index = 0; index < count; index += 1) {
    const mode = readDataMode(section);
    const length = reader.readU32();
    const start = reader.offset;
    reader.skip(length);
    segments.push({ mode, content: { bytes: reader.bytes, start, end: reader.offset } });
  }
  return segments;
}

/** Passes over a constant expression and answers where it lay. */
export function readExpression({ reader, checker }: SectionReader): ByteRange {
  const start = reader.offset;
  checker.check();
  return { bytes: reader.bytes, start, end: reader.offset };
}

/** Indexes without their count. */
export function readIndexes(reader: ByteReader, count: number): Uint32Array {
  const indexes = new Uint32Array(count);
  for (let index = 0; index < count; index += 1) indexes[index] = reader.readU32();
  return indexes;
}

/** A table that is initialised by an expression starts with 0x40 0x00 (5.5.7). */
function readTable(section: SectionReader): Table {
  const { reader } = section;
  if (reader.bytes[reader.offset] !== 0x40) {
    return { type: readTableType(reader), init: undefined };
  }
  reader.skip(1);
  if (reader.readU8() !== 0) reader.fail("zero byte expected", reader.offset - 1);
  const type = readTableType(reader);
  return { type, init: readExpression(section) };
}

function readDataMode(section: SectionReader): SegmentMode {
  const { reader } = section;
  const start = reader.offset;
  const flags = reader.readU32();
  switch (flags) {
    case 0:
      return { kind: "active", index: 0, explicit: false, offset: readExpression(section) };
    case 1:
      return { kind: "passive" };
    case 2: {
      const index = reader.readU32();
      return { kind: "active", index, explicit: true, offset: readExpression(section) };
    }
    default:
      return reader.fail(`malformed data segment flags ${flags}`, start);
  }
}
