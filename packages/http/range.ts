/** Ranges of bytes (RFC 9110 §14): which a request wants, and what a representation has of them. */

import { listMembers } from "./list_members.ts";

/** A range as it is asked for. */
export type RangeSpec =
  | { readonly kind: "from"; readonly first: number; readonly last: number | undefined }
  | { readonly kind: "suffix"; readonly length: number };

/** Bytes of a representation, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** What a 206 has, by its `Content-Range`; `complete` is undefined where it was not known. */
export interface ContentRange extends ByteRange {
  readonly complete: number | undefined;
}

/** What a representation has of the ranges that are asked for. */
export type Satisfaction =
  /** In the order in which they were asked for; at least one. */
  | { readonly kind: "ranges"; readonly ranges: readonly ByteRange[] }
  | { readonly kind: "unsatisfiable" }
  /** The field is ignored: the whole is sent. */
  | { readonly kind: "ignored" };

/** Bounds against requests that cost more to answer than the whole would (RFC 9110 §14.2, §17.15). */
export interface RangeLimits {
  readonly rangesMax: number;
  /** How many of them may overlap others. */
  readonly overlapsMax: number;
}

/** For those who have no bounds of their own. */
export const rangeLimits: RangeLimits = { rangesMax: 16, overlapsMax: 2 };

/** Undefined where the value is none of bytes, or malformed: then the field is ignored (§14.2). */
export function parseRange(value: string): readonly RangeSpec[] | undefined {
  const [, list] = /^bytes=(.*)$/i.exec(value) ?? [];
  if (list === undefined) return undefined;
  const members = listMembers(list);
  const specs: RangeSpec[] = [];
  for (const member of members) {
    const [, first = "", last = ""] = /^(\d*)-(\d*)$/.exec(member) ?? [];
    if (first === "" && last === "") return undefined;
    const ends = [Number(first), Number(last)] as const;
    if (first === "") specs.push({ kind: "suffix", length: ends[1] });
    else if (last === "") specs.push({ kind: "from", first: ends[0], last: undefined });
    // §14.1.1: one that ends before it begins makes the whole set invalid.
    else if (ends[1] < ends[0]) return undefined;
    else specs.push({ kind: "from", first: ends[0], last: ends[1] });
  }
  return specs.length === 0 ? undefined : specs;
}

/** What a representation of `bytes` bytes has of a set of ranges (§14.1.2, §14.2). */
export function satisfy(
  specs: readonly RangeSpec[] | undefined,
  bytes: number,
  { rangesMax, overlapsMax }: RangeLimits = rangeLimits,
): Satisfaction {
  if (specs === undefined || specs.length > rangesMax) return { kind: "ignored" };
  const ranges: ByteRange[] = [];
  for (const spec of specs) {
    const range = resolved(spec, bytes);
    if (range !== undefined) ranges.push(range);
  }
  // §15.5.17: none of the ranges lies in the representation.
  if (ranges.length === 0) return { kind: "unsatisfiable" };
  return overlaps(ranges) > overlapsMax ? { kind: "ignored" } : { kind: "ranges", ranges };
}

/** `bytes 42-1233/1234`, or with `*` for what is not known (§14.4). Undefined where it is invalid. */
export function parseContentRange(value: string): ContentRange | undefined {
  const [, first, last, complete] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(value) ?? [];
  if (first === undefined || last === undefined) return undefined;
  const range = {
    first: Number(first),
    last: Number(last),
    complete: complete === "*" ? undefined : Number(complete),
  };
  const isValid = range.last >= range.first && Number.isSafeInteger(range.last) &&
    range.last < (range.complete ?? Infinity);
  return isValid ? range : undefined;
}

/** The field for a range of a representation, or for one that has none of those asked for (§14.4). */
export function formatContentRange(
  range: ByteRange | undefined,
  bytes: number | undefined,
): string {
  const complete = bytes ?? "*";
  return range === undefined
    ? `bytes */${complete}`
    : `bytes ${range.first}-${range.last}/${complete}`;
}

function resolved(spec: RangeSpec, bytes: number): ByteRange | undefined {
  if (bytes === 0) return undefined;
  if (spec.kind === "suffix") {
    return spec.length === 0
      ? undefined
      : { first: Math.max(0, bytes - spec.length), last: bytes - 1 };
  }
  if (spec.first >= bytes) return undefined;
  return { first: spec.first, last: Math.min(spec.last ?? Infinity, bytes - 1) };
}

function overlaps(ranges: readonly ByteRange[]): number {
  const sorted = ranges.toSorted((left, right) => left.first - right.first);
  let [end, count] = [-1, 0];
  for (const { first, last } of sorted) {
    if (first <= end) count += 1;
    end = Math.max(end, last);
  }
  return count;
}
