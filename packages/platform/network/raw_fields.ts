/** Fields as undici gives them: names and values in turn, in bytes, or an object by names. */

import { Buffer } from "node:buffer";
import type { Field } from "@skerry/http";

/** All fields, in their order where it is known. */
export function rawFields(raw: unknown): Field[] {
  if (raw === null || typeof raw !== "object") return [];
  const fields: Field[] = [];
  if (Array.isArray(raw)) {
    for (let at = 0; at + 1 < raw.length; at += 2) fields.push([text(raw[at]), text(raw[at + 1])]);
    return fields;
  }
  for (const [name, value] of Object.entries(raw)) {
    if (name.startsWith(":")) continue;
    for (const one of Array.isArray(value) ? value : [value]) fields.push([name, text(one)]);
  }
  return fields;
}

/** A character for each byte. */
function text(value: unknown): string {
  return value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.length).toString("latin1")
    : String(value);
}
