/**
 * Decodes the binary format (WebAssembly 3.0, chapter 5, with the threads proposal and legacy exceptions).
 *
 * Whatever the bytes are, the answer is a module or the list of what is malformed, each with its offset;
 * time is linear and memory is bounded by the input. Sections and function bodies state their sizes, so one
 * that is malformed does not hide the next. Types are not checked: the engine that runs a module does that.
 */

import { bug, type Diagnostic, err, ok, type Result } from "@skerry/base";
import { type ByteReader, Malformed } from "./byte_reader.ts";
import { readElements } from "./decode_elements.ts";
import {
  readData,
  readExports,
  readFunctions,
  readGlobals,
  readImports,
  readMemories,
  readTables,
  readTags,
  readTypes,
  type SectionReader,
} from "./decode_sections.ts";
import { ExpressionChecker } from "./expression.ts";
import { InstructionCursor } from "./instruction_cursor.ts";
import { moduleLimits } from "./limits.ts";
import { skipLocals } from "./locals.ts";
import { type Code, emptyModule, type WasmModule } from "./module.ts";
import { sectionId, sectionName, sectionOrder } from "./section_ids.ts";

/**
 * Decodes a module.
 *
 * @param bytes the whole file; the module's ranges point into it, so it must not change while it is in use
 * @param bodies `"known"` where these very bytes were decoded before: function bodies are not walked again, which is
 * nearly all of the time that a large module takes
 * @returns the module, or up to `moduleLimits.diagnosticsMax` mistakes in the order of the sections
 *
 * @example
 * ```ts
 * import { decodeModule } from "@skerry/wasm";
 * const decoded = decodeModule(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
 * if (!decoded.ok) throw new Error(decoded.error[0]?.message);
 * ```
 */
export function decodeModule(
  bytes: Uint8Array,
  bodies: "unknown" | "known" = "unknown",
): Result<WasmModule, Diagnostic[]> {
  return new ModuleDecoder(bytes, bodies).decode();
}

type Draft = { -readonly [Part in keyof WasmModule]: WasmModule[Part] };

class ModuleDecoder {
  readonly #cursor: InstructionCursor;
  readonly #section: SectionReader & { readonly checker: ExpressionChecker };
  readonly #draft: Draft;
  readonly #sections: { id: number; name: string; offset: number; start: number; end: number }[] =
    [];
  readonly #customs: WasmModule["customs"][number][] = [];
  readonly #diagnostics: Diagnostic[] = [];
  readonly #bodies: "unknown" | "known";
  /** The section before that is not custom. */
  #previousId = 0;

  constructor(bytes: Uint8Array, bodies: "unknown" | "known") {
    this.#bodies = bodies;
    this.#cursor = new InstructionCursor(bytes);
    this.#section = { reader: this.#cursor, checker: new ExpressionChecker(this.#cursor) };
    this.#draft = { ...emptyModule, bytes };
  }

  decode(): Result<WasmModule, Diagnostic[]> {
    const cursor = this.#cursor;
    const fileEnd = cursor.bytes.length;
    this.#attempt(() => {
      readHeader(cursor);
      while (cursor.offset < fileEnd && !this.#full) this.#readSection(fileEnd);
      this.#checkWhole(fileEnd);
    });
    if (this.#diagnostics.length > 0) return err(this.#diagnostics);
    return ok({ ...this.#draft, sections: this.#sections, customs: this.#customs });
  }

  get #full(): boolean {
    return this.#diagnostics.length >= moduleLimits.diagnosticsMax;
  }

  /** Runs one piece of the work; what is malformed there is noted, and the work goes on behind it. */
  #attempt(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#note(error.message, error.offset);
    }
  }

  #note(message: string, offset: number): void {
    if (!this.#full) this.#diagnostics.push({ message, at: { kind: "binary", offset } });
  }

  #readSection(fileEnd: number): void {
    const cursor = this.#cursor;
    const offset = cursor.offset;
    const id = cursor.readU8();
    if (id > sectionId.tag) cursor.fail(`malformed section id ${id}`, offset);
    const size = cursor.readU32();
    const start = cursor.offset;
    if (size > fileEnd - start) cursor.fail("unexpected end: section beyond the file", offset);
    const section = { id, name: sectionName(id), offset, start, end: start + size };
    if (this.#sections.length < moduleLimits.sectionsMax) this.#sections.push(section);
    else cursor.fail("too many sections", offset);
    cursor.end = section.end;
    this.#attempt(() => {
      this.#checkOrder(id, offset);
      if (id === sectionId.custom) section.name = this.#readCustom();
      else this.#readContent(id);
      if (cursor.offset !== section.end) cursor.fail("section size mismatch: bytes left over");
    });
    cursor.offset = section.end;
    cursor.end = fileEnd;
  }

  /** Each section but the custom ones once at most, and in the one order (5.5.2). */
  #checkOrder(id: number, offset: number): void {
    if (id === sectionId.custom) return;
    const place = sectionOrder.indexOf(id);
    const before = sectionOrder.indexOf(this.#previousId);
    if (place === before) this.#cursor.fail(`a second ${sectionName(id)} section`, offset);
    if (place < before) {
      this.#cursor.fail(
        `unexpected content: ${sectionName(id)} section after ${
          sectionName(this.#previousId)
        } section`,
        offset,
      );
    }
    this.#previousId = id;
  }

  #readCustom(): string {
    const cursor = this.#cursor;
    const name = cursor.readName();
    const content = { bytes: cursor.bytes, start: cursor.offset, end: cursor.end };
    this.#customs.push({ name, content, after: this.#previousId });
    cursor.offset = cursor.end;
    return name;
  }

  #readContent(id: number): void {
    const draft = this.#draft;
    const section = this.#section;
    switch (id) {
      case sectionId.type:
        draft.types = readTypes(section);
        return;
      case sectionId.import:
        draft.imports = readImports(section);
        return;
      case sectionId.function:
        draft.functions = readFunctions(section);
        return;
      case sectionId.table:
        draft.tables = readTables(section);
        return;
      case sectionId.memory:
        draft.memories = readMemories(section);
        return;
      case sectionId.tag:
        draft.tags = readTags(section);
        return;
      case sectionId.global:
        draft.globals = readGlobals(section);
        return;
      case sectionId.export:
        draft.exports = readExports(section);
        return;
      case sectionId.start:
        draft.start = this.#cursor.readU32();
        return;
      case sectionId.element:
        draft.elements = readElements(section);
        return;
      case sectionId.dataCount:
        draft.dataCount = this.#cursor.readU32();
        return;
      case sectionId.code:
        draft.code = this.#readCode();
        return;
      case sectionId.data:
        draft.data = readData(section);
        return;
      default:
        bug(`section ${id} has an order but no reader`);
    }
  }

  #readCode(): Code {
    const cursor = this.#cursor;
    const sectionEnd = cursor.end;
    const countOffset = cursor.offset;
    const count = cursor.readCount(moduleLimits.functionsMax, "function bodies");
    this.#checkBodyCount(count, countOffset);
    const { checker } = this.#section;
    checker.dataCountMissing = this.#draft.dataCount === undefined;
    const starts = new Uint32Array(count);
    const ends = new Uint32Array(count);
    for (let index = 0; index < count && !this.#full; index += 1) {
      const end = readBodyEnd(cursor);
      starts[index] = cursor.offset;
      ends[index] = end;
      cursor.end = end;
      if (this.#bodies === "unknown") this.#readBody();
      cursor.offset = end;
      cursor.end = sectionEnd;
    }
    checker.dataCountMissing = false;
    return { bytes: cursor.bytes, starts, ends };
  }

  /** Not by {@link #attempt}: a closure for each of some hundred thousand bodies would be felt. */
  #readBody(): void {
    const cursor = this.#cursor;
    try {
      skipLocals(cursor);
      this.#section.checker.check();
      if (cursor.offset !== cursor.end) cursor.fail("bytes after the function's END opcode");
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#note(error.message, error.offset);
    }
  }

  #checkWhole(fileEnd: number): void {
    const { dataCount, data } = this.#draft;
    if (this.#diagnostics.length > 0) return;
    const codeSeen = this.#sections.some((section) => section.id === sectionId.code);
    if (!codeSeen) this.#checkBodyCount(0, fileEnd);
    if (dataCount !== undefined && dataCount !== data.length) {
      this.#note(
        `data count and data section have inconsistent lengths: ${dataCount} and ${data.length}`,
        fileEnd,
      );
    }
  }

  /** Sections that were malformed have no entries to compare. */
  #checkBodyCount(bodies: number, offset: number): void {
    const functions = this.#draft.functions.length;
    if (bodies === functions || this.#diagnostics.length > 0) return;
    this.#note(
      `function and code section have inconsistent lengths: ${functions} and ${bodies}`,
      offset,
    );
  }
}

/** Magic number and version (5.5.18). */
function readHeader(reader: ByteReader): void {
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  if (reader.end > moduleLimits.moduleBytesMax) {
    reader.fail(`${reader.end} bytes exceed the limit of ${moduleLimits.moduleBytesMax}`);
  }
  for (const [index, byte] of header.entries()) {
    const actual = reader.readU8();
    if (actual === byte) continue;
    reader.fail(index < 4 ? "magic header not detected" : "unknown binary version", index & 4);
  }
}

function readBodyEnd(reader: ByteReader): number {
  const start = reader.offset;
  const size = reader.readU32();
  if (size > moduleLimits.functionBytesMax) {
    reader.fail(`a function of ${size} bytes exceeds ${moduleLimits.functionBytesMax}`, start);
  }
  if (size > reader.end - reader.offset) {
    reader.fail("unexpected end: function beyond its section", start);
  }
  return reader.offset + size;
}
