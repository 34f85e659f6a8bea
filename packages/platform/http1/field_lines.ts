/**
 * The fields of a response as HTTP/1.1 writes them, checked.
 *
 * Responses that are made of one that is kept begin with the very same fields, object by object. Such a beginning is
 * checked and written once; it is known again by the identity of each of its fields, and only fields that are frozen
 * count, which can never say anything else.
 */

import { type Field, hopByHopFields, isFieldValue, isToken } from "@skerry/http";

/** Lines, and what they say that the rest of a head depends on. */
export interface FieldLines {
  readonly text: string;
  /** By Content-Length. */
  readonly length: number | undefined;
  readonly isDated: boolean;
}

/** Fields that were written before. */
interface KnownBeginning {
  readonly fields: readonly Field[];
  readonly lines: FieldLines;
}

/** By the first field, for as long as somebody has it. */
const beginnings = new WeakMap<Field, KnownBeginning>();

/** @throws where they cannot be sent as they are */
export function fieldLines(fields: readonly Field[]): FieldLines {
  const known = beginningOf(fields);
  return known === undefined
    ? linesFrom(noLines, fields, 0)
    : linesFrom(known.lines, fields, known.fields.length);
}

/** A field as HTTP/1.1 writes it, where it can be sent. */
export function fieldLine(field: Field): string {
  checkField(field);
  return `${field[0]}: ${field[1]}\r\n`;
}

/**
 * Throws where a field cannot be sent.
 *
 * Nothing below this checks what it writes: a line break in a value would be the start of another field, or of
 * another response (RFC 9110 §5.5, RFC 9112 §11.1). The connection's own fields are ours alone.
 */
export function checkField([name, value]: Field): void {
  const mayBeSent = usualNames.has(name) ||
    (isToken(name) && !hopByHopFields.has(name.toLowerCase()));
  if (!mayBeSent || !isFieldValue(value)) {
    throw new Error(`${JSON.stringify(name)} is not a field that can be sent`);
  }
}

/** What a Content-Length says, where there was none before. Throws where it says nothing. */
export function lengthOf(value: string, before: number | undefined): number {
  if (before !== undefined || !/^\d{1,15}$/.test(value)) {
    throw new Error("the Content-Length is none");
  }
  return Number(value);
}

const noLines: FieldLines = { text: "", length: undefined, isDated: false };

/** Names that need no looking at. */
const usualNames: ReadonlySet<string> = new Set([
  "age",
  "cache-control",
  "cache-status",
  "content-length",
  "content-type",
  "location",
  "x-request-id",
]);

function beginningOf(fields: readonly Field[]): KnownBeginning | undefined {
  const [first] = fields;
  if (first === undefined) return undefined;
  const known = beginnings.get(first);
  if (known !== undefined && beginsWith(fields, known.fields)) return known;
  const count = frozenCount(fields);
  // What has more in common with others is known longer.
  if (count === 0 || known !== undefined && known.fields.length > count) return undefined;
  const frozen = fields.slice(0, count);
  const learnt = { fields: frozen, lines: linesFrom(noLines, frozen, 0) };
  beginnings.set(first, learnt);
  return learnt;
}

function beginsWith(fields: readonly Field[], beginning: readonly Field[]): boolean {
  for (let at = 0; at < beginning.length; at += 1) {
    if (fields[at] !== beginning[at]) return false;
  }
  return true;
}

function frozenCount(fields: readonly Field[]): number {
  const end = fields.findIndex((field) => !Object.isFrozen(field));
  return end < 0 ? fields.length : end;
}

function linesFrom(begun: FieldLines, fields: readonly Field[], from: number): FieldLines {
  let { text, length, isDated } = begun;
  for (let at = from; at < fields.length; at += 1) {
    const field = fields[at];
    if (field === undefined) continue;
    const [name, value] = field;
    text += fieldLine(field);
    if (name.length === 14 && name.toLowerCase() === "content-length") {
      length = lengthOf(value, length);
    } else if (name.length === 4 && name.toLowerCase() === "date") isDated = true;
  }
  return { text, length, isDated };
}
