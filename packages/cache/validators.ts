/** By what a stored response is known to its origin (RFC 9110 §8.8). */

import {
  type Field,
  fieldValue,
  parseEntityTag,
  parseHttpDate,
  type Validators,
} from "@skerry/http";
import { dateOf, type Times } from "./freshness.ts";

/** A response's validators. */
export function validatorsOf(fields: readonly Field[], times: Times): Validators {
  return {
    etag: parseEntityTag(fieldValue(fields, "etag") ?? ""),
    lastModifiedMs: parseHttpDate(fieldValue(fields, "last-modified") ?? "", times.responseMs),
    dateMs: dateOf(fields, times),
  };
}

/** The fields that ask an origin whether a stored response still holds (RFC 9111 §4.3.1). */
export function validationFields(fields: readonly Field[]): readonly Field[] {
  const etag = fieldValue(fields, "etag");
  const lastModified = fieldValue(fields, "last-modified");
  const conditions: Field[] = [];
  // As they were received: an origin that leaves out the quotation marks compares by its own text.
  if (etag !== undefined) conditions.push(["if-none-match", etag]);
  if (lastModified !== undefined) conditions.push(["if-modified-since", lastModified]);
  return conditions;
}
