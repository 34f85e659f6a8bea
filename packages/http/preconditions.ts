/** Conditional requests (RFC 9110 §13): what a request that names validators wants of a representation. */

import {
  type EntityTag,
  parseEntityTag,
  parseEntityTags,
  strongMatch,
  weakMatch,
} from "./entity_tag.ts";
import { parseHttpDate } from "./http_date.ts";
import { type Field, fieldValue, fieldValues } from "./message.ts";

/** What a representation is known by. */
export interface Validators {
  readonly etag: EntityTag | undefined;
  /** Milliseconds since 1970. */
  readonly lastModifiedMs: number | undefined;
  /** When the response with them was made; milliseconds since 1970. */
  readonly dateMs: number;
}

/** What becomes of a conditional request: it goes on, its client has what it asks for, or it must fail. */
export type Verdict = "proceed" | "not-modified" | "failed";

/** The conditions, and the ranges that depend on one; nothing else of a request decides here. */
export const conditionalFields: ReadonlySet<string> = new Set([
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
]);

/**
 * Judges a request for a representation that exists, in the order of RFC 9110 §13.2.2.
 *
 * @param method GET and HEAD are answered 304, others fail, where the client has the representation
 */
export function evaluatePreconditions(
  method: string,
  fields: readonly Field[],
  validators: Validators,
  nowMs: number,
): Verdict {
  const ifMatch = fieldValues(fields, "if-match");
  if (ifMatch.length > 0) {
    // §13.1.1: strong comparison.
    if (!someTag(ifMatch, validators.etag, strongMatch)) return "failed";
  } else {
    const since = dateOf(fields, "if-unmodified-since", nowMs);
    // §13.1.4: later than the date given.
    if (since !== undefined && (validators.lastModifiedMs ?? -Infinity) > since) return "failed";
  }
  const isRead = method === "GET" || method === "HEAD";
  const ifNoneMatch = fieldValues(fields, "if-none-match");
  if (ifNoneMatch.length > 0) {
    // §13.1.2: weak comparison.
    if (!someTag(ifNoneMatch, validators.etag, weakMatch)) return "proceed";
    return isRead ? "not-modified" : "failed";
  }
  if (!isRead) return "proceed";
  const since = dateOf(fields, "if-modified-since", nowMs);
  if (since === undefined) return "proceed";
  return isModifiedSince(validators, since) ? "proceed" : "not-modified";
}

/** Whether the ranges of a request may be sent, or all must be (RFC 9110 §13.1.5). */
export function rangeApplies(
  fields: readonly Field[],
  validators: Validators,
  nowMs: number,
): boolean {
  const condition = fieldValue(fields, "if-range");
  if (condition === undefined) return true;
  const tag = parseEntityTag(condition);
  if (tag !== undefined) return validators.etag !== undefined && strongMatch(tag, validators.etag);
  const date = parseHttpDate(condition, nowMs);
  // An exact match, and of a date that is a strong validator (§8.8.2.2): a second or more before the response.
  return date !== undefined && date === validators.lastModifiedMs &&
    validators.dateMs - date >= 1000;
}

function someTag(
  values: readonly string[],
  etag: EntityTag | undefined,
  matches: (left: EntityTag, right: EntityTag) => boolean,
): boolean {
  const tags = parseEntityTags(values);
  if (tags === "*") return true;
  return etag !== undefined && tags.some((tag) => matches(tag, etag));
}

/** RFC 9110 §13.1.3; where the response has no Last-Modified, its date stands for it (RFC 9111 §4.3.2). */
function isModifiedSince({ lastModifiedMs, dateMs }: Validators, sinceMs: number): boolean {
  return (lastModifiedMs ?? dateMs) > sinceMs;
}

/** §13.1.3, §13.1.4: a field that is no single date is ignored. */
function dateOf(fields: readonly Field[], name: string, nowMs: number): number | undefined {
  const values = fieldValues(fields, name);
  return values.length === 1 ? parseHttpDate(values[0] ?? "", nowMs) : undefined;
}
