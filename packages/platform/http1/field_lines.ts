/**
 * The fields of a response as HTTP/1.1 writes them, checked.
 *
 * Responses that are made of one that is kept begin with the very same fields, object by object. Such a beginning is
 * checked and written once; it is known again by the identity of each of its fields, and only fields that are frozen
 * count, which can never say anything else.
 */

import { type Field, hopByHopFields, isFieldValue, isToken } from "@skerry/http";
import { HeadBytes } from "./head_bytes.ts";

/** What fields say that the rest of a head depends on. */
export interface SaidByFields {
  /** By Content-Length. */
  readonly length: number | undefined;
  readonly isDated: boolean;
}

/** Fields that were written before. */
interface KnownBeginning {
  readonly fields: readonly Field[];
  readonly bytes: Uint8Array;
  readonly said: SaidByFields;
}

/** By the first field, for as long as somebody has it. */
const beginnings = new WeakMap<Field, KnownBeginning>();

/** Writes a line for each. @throws where they cannot be sent as they are */
export function writeFields(fields: readonly Field[], into: HeadBytes): SaidByFields {
  const known = beginningOf(fields);
  if (known === undefined) return writeFrom(fields, 0, nothingSaid, into);
  into.add(known.bytes);
  return writeFrom(fields, known.fields.length, known.said, into);
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

const nothingSaid: SaidByFields = { length: undefined, isDated: false };

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
  const written = new HeadBytes();
  const said = writeFrom(frozen, 0, nothingSaid, written);
  const learnt = { fields: frozen, bytes: written.all().slice(), said };
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

function writeFrom(
  fields: readonly Field[],
  from: number,
  { length, isDated }: SaidByFields,
  into: HeadBytes,
): SaidByFields {
  for (let at = from; at < fields.length; at += 1) {
    const field = fields[at];
    if (field === undefined) continue;
    checkField(field);
    const [name, value] = field;
    into.text(name);
    into.text(": ");
    into.text(value);
    into.text("\r\n");
    if (name.length === 14 && name.toLowerCase() === "content-length") {
      length = lengthOf(value, length);
    } else if (name.length === 4 && name.toLowerCase() === "date") isDated = true;
  }
  return { length, isDated };
}
