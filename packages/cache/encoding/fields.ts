/** Fields and lists of texts, as parts of what is packed. */

import type { Field } from "@skerry/http";
import { fieldNameNumber, fieldNameOf } from "./field_names.ts";
import type { PackedReader } from "./packed_reader.ts";
import type { PackedWriter } from "./packed_writer.ts";

/** Where the fields that are served stand among those that are kept; undefined where they are not these in their order. */
export function placesOf(
  served: readonly Field[],
  fields: readonly Field[],
): ReadonlySet<number> | undefined {
  const places = new Set<number>();
  let at = 0;
  for (const [name, value] of served) {
    while (at < fields.length && (fields[at]?.[0] !== name || fields[at]?.[1] !== value)) at += 1;
    if (at === fields.length) return undefined;
    places.add(at);
    at += 1;
  }
  return places;
}

/** Fields, some of which are marked. */
export function writeFields(
  writer: PackedWriter,
  fields: readonly Field[],
  isMarked: (at: number) => boolean,
): void {
  writer.number(fields.length);
  for (const [at, [name, value]] of fields.entries()) {
    const number = fieldNameNumber(name);
    writer.number(number * 2 + (isMarked(at) ? 1 : 0));
    if (number === 0) writer.text(name);
    writer.text(value);
  }
}

/** Fields, and those of them that are marked. */
export function readFields(
  reader: PackedReader,
): { fields: readonly Field[]; marked: readonly Field[] } {
  const fields: Field[] = [];
  const marked: Field[] = [];
  const count = reader.count();
  for (let at = 0; at < count && reader.isSound; at += 1) {
    const word = reader.natural(2 ** 16);
    const number = word >> 1;
    const name = number === 0 ? reader.text() : fieldNameOf(number) ?? reader.refuse("");
    const field: Field = [name, reader.text()];
    fields.push(field);
    if (word % 2 === 1) marked.push(field);
  }
  // Most often both are the same, and so is the array.
  return { fields, marked: marked.length === fields.length ? fields : marked };
}

/** Texts, and before them how many. */
export function writeTexts(writer: PackedWriter, texts: readonly string[]): void {
  writer.number(texts.length);
  for (const text of texts) writer.text(text);
}

/** What {@link writeTexts} wrote. */
export function readTexts(reader: PackedReader): readonly string[] {
  const texts: string[] = [];
  const count = reader.count();
  for (let at = 0; at < count && reader.isSound; at += 1) texts.push(reader.text());
  return texts;
}
