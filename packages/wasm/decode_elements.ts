/** Reads element segments (5.5.12 Element Section). */

import type { ElementItems, ElementSegment } from "./module.ts";
import { readExpression, readIndexes, type SectionReader } from "./decode_sections.ts";
import { moduleLimits } from "./limits.ts";
import { funcref, readReferenceType } from "./type_codes.ts";
import type { ByteReader } from "./byte_reader.ts";
import type { ReferenceType } from "./types.ts";

/** Element segments. */
export function readElements(section: SectionReader): ElementSegment[] {
  const count = section.reader.readCount(moduleLimits.elementSegmentsMax, "element segments");
  const segments: ElementSegment[] = [];
  for (let index = 0; index < count; index += 1) segments.push(readElement(section));
  return segments;
}

/** Flags: bit 0 not active, bit 1 an index follows or declarative, bit 2 expressions instead of functions. */
function readElement(section: SectionReader): ElementSegment {
  const { reader } = section;
  const start = reader.offset;
  const flags = reader.readU32();
  if (flags > 7) reader.fail(`malformed element segment flags ${flags}`, start);
  const mode = readMode(section, flags);
  // Only the two short active forms leave the type out.
  const typed = (flags & 3) !== 0;
  if ((flags & 4) === 0) {
    if (typed) readFunctionKind(reader);
    return { mode, items: readFunctionItems(reader) };
  }
  const type = typed ? readReferenceType(reader) : funcref;
  return { mode, items: readExpressionItems(section, type) };
}

function readMode(section: SectionReader, flags: number): ElementSegment["mode"] {
  if ((flags & 1) !== 0) return (flags & 2) === 0 ? { kind: "passive" } : { kind: "declarative" };
  const explicit = (flags & 2) !== 0;
  const index = explicit ? section.reader.readU32() : 0;
  return { kind: "active", index, explicit, offset: readExpression(section) };
}

function readFunctionKind(reader: ByteReader): void {
  if (reader.readU8() !== 0) reader.fail("malformed element kind", reader.offset - 1);
}

function readFunctionItems(reader: ByteReader): ElementItems {
  const count = reader.readCount(moduleLimits.elementSegmentItemsMax, "elements");
  return { kind: "functions", indexes: readIndexes(reader, count) };
}

function readExpressionItems(section: SectionReader, type: ReferenceType): ElementItems {
  const { reader, checker } = section;
  const count = reader.readCount(moduleLimits.elementSegmentItemsMax, "elements");
  const offsets = new Uint32Array(count + 1);
  offsets[0] = reader.offset;
  for (let index = 1; index <= count; index += 1) {
    checker.check();
    offsets[index] = reader.offset;
  }
  return { kind: "expressions", type, bytes: reader.bytes, offsets };
}
