/**
 * Encodes a module (WebAssembly 3.0, 5.5 Modules).
 *
 * Every number that is written here is as short as it can be, so a module that was decoded from such bytes
 * comes out the same byte for byte. Bodies, expressions, data and custom sections are copied. A custom
 * section whose content counts offsets from the code section's start (DWARF, source maps) stays right only
 * while the bodies and the spelling of their sizes do not change.
 */

import { bug, encodeUtf8 } from "@skerry/base";
import { ByteWriter, u32Bytes } from "./byte_writer.ts";
import {
  writeData,
  writeElement,
  writeExport,
  writeGlobal,
  writeImport,
  writeIndexes,
  writeRange,
  writeTable,
} from "./encode_entries.ts";
import { writeMemoryType, writeRecursionGroup, writeTagType } from "./encode_types.ts";
import type { Code, WasmModule } from "./module.ts";
import { sectionId, sectionOrder } from "./section_ids.ts";

/**
 * Encodes a module.
 *
 * A section without entries is left out, unless the file that the module was decoded from had it.
 *
 * @throws BugError where the module has not one body for each function
 */
export function encodeModule(module: WasmModule): Uint8Array<ArrayBuffer> {
  if (
    module.code.starts.length !== module.functions.length ||
    module.code.ends.length !== module.functions.length
  ) bug("a module needs one body for each function");
  const sections = sectionsOf(module);
  const size = sections.reduce(
    (sum, section) => sum + 1 + u32Bytes(section.size) + section.size,
    8,
  );
  const writer = new ByteWriter(size);
  writer.raw(new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]));
  for (const { id, size, write } of sections) write(writer.u8(id).u32(size));
  return writer.finish();
}

/** A section whose size is known before it is written, so that nothing of it is ever moved. */
interface SizedSection {
  readonly id: number;
  /** Of its content, in bytes. */
  readonly size: number;
  readonly write: (writer: ByteWriter) => void;
}

function sectionsOf(module: WasmModule): SizedSection[] {
  const present = new Set(module.sections.map((section) => section.id));
  const sections = customsAfter(module, 0);
  for (const id of sectionOrder) {
    if (entryCount(module, id) > 0 || (present.has(id) && isList(id))) {
      sections.push(id === sectionId.code ? codeSection(module.code) : written(module, id));
    }
    sections.push(...customsAfter(module, id));
  }
  return sections;
}

/** A section that is written by itself first, to learn its size. */
function written(module: WasmModule, id: number): SizedSection {
  const content = new ByteWriter(id === sectionId.data ? dataBytesMax(module) : 256);
  writeContent(content, module, id);
  return { id, size: content.length, write: (writer) => void writer.append(content) };
}

function dataBytesMax({ data }: WasmModule): number {
  return data.reduce((sum, { mode, content }) => {
    const offset = mode.kind === "active" ? mode.offset.end - mode.offset.start : 0;
    return sum + 16 + offset + content.end - content.start;
  }, 16);
}

/** Entries of a section; one for those that are a single number. */
function entryCount(module: WasmModule, id: number): number {
  switch (id) {
    case sectionId.type:
      return module.types.length;
    case sectionId.import:
      return module.imports.length;
    case sectionId.function:
      return module.functions.length;
    case sectionId.table:
      return module.tables.length;
    case sectionId.memory:
      return module.memories.length;
    case sectionId.tag:
      return module.tags.length;
    case sectionId.global:
      return module.globals.length;
    case sectionId.export:
      return module.exports.length;
    case sectionId.start:
      return module.start === undefined ? 0 : 1;
    case sectionId.element:
      return module.elements.length;
    case sectionId.dataCount:
      return module.dataCount === undefined ? 0 : 1;
    case sectionId.code:
      return module.code.starts.length;
    case sectionId.data:
      return module.data.length;
    default:
      return 0;
  }
}

function isList(id: number): boolean {
  return id !== sectionId.start && id !== sectionId.dataCount;
}

function writeContent(writer: ByteWriter, module: WasmModule, id: number): void {
  switch (id) {
    case sectionId.type:
      return writeList(writer, module.types, writeRecursionGroup);
    case sectionId.import:
      return writeList(writer, module.imports, writeImport);
    case sectionId.function:
      return writeIndexes(writer, module.functions);
    case sectionId.table:
      return writeList(writer, module.tables, writeTable);
    case sectionId.memory:
      return writeList(writer, module.memories, writeMemoryType);
    case sectionId.tag:
      writer.u32(module.tags.length);
      return module.tags.forEach((type) => writeTagType(writer, type));
    case sectionId.global:
      return writeList(writer, module.globals, writeGlobal);
    case sectionId.export:
      return writeList(writer, module.exports, writeExport);
    case sectionId.start:
      writer.u32(module.start ?? 0);
      return;
    case sectionId.element:
      return writeList(writer, module.elements, writeElement);
    case sectionId.dataCount:
      writer.u32(module.data.length);
      return;
    case sectionId.data:
      return writeList(writer, module.data, writeData);
    default:
      bug(`section ${id} has an order but no writer`);
  }
}

function writeList<Item>(
  writer: ByteWriter,
  items: readonly Item[],
  write: (writer: ByteWriter, item: Item) => void,
): void {
  writer.u32(items.length);
  for (const item of items) write(writer, item);
}

function codeSection(code: Code): SizedSection {
  const count = code.starts.length;
  let size = u32Bytes(count);
  for (let index = 0; index < count; index += 1) {
    const length = (code.ends[index] ?? 0) - (code.starts[index] ?? 0);
    size += u32Bytes(length) + length;
  }
  return { id: sectionId.code, size, write: (writer) => writeCode(writer, code) };
}

function writeCode(writer: ByteWriter, code: Code): void {
  writer.u32(code.starts.length);
  for (let index = 0; index < code.starts.length; index += 1) {
    const start = code.starts[index] ?? 0;
    const end = code.ends[index] ?? 0;
    writer.u32(end - start).raw(code.bytes, start, end);
  }
}

function customsAfter({ customs }: WasmModule, after: number): SizedSection[] {
  return customs.filter((custom) => custom.after === after).map(({ name, content }) => {
    const nameBytes = encodeUtf8(name).length;
    return {
      id: sectionId.custom,
      size: u32Bytes(nameBytes) + nameBytes + content.end - content.start,
      write: (writer) => writeRange(writer.name(name), content),
    };
  });
}
