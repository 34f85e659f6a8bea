/** How a stored response answers a request: all of it, its head, a part, or that the client has it already. */

import {
  type ByteRange,
  evaluatePreconditions,
  type Field,
  fieldValue,
  formatContentRange,
  type MultipartPiece,
  multipartRanges,
  parseRange,
  rangeApplies,
  satisfy,
} from "@skerry/http";
import { currentAgeMs } from "./freshness.ts";
import type { CacheRequest } from "./request.ts";
import type { CacheSettings } from "./settings.ts";
import { clientFields } from "./stored_fields.ts";
import type { StoredResponse } from "./stored_response.ts";

/** Which bytes of the stored body are sent; places in the representation. */
export type ReplyBody =
  | { readonly kind: "none" }
  | { readonly kind: "whole" }
  | { readonly kind: "range"; readonly range: ByteRange }
  | { readonly kind: "multipart"; readonly pieces: readonly MultipartPiece[] };

/** An answer that is made of what is kept. */
export interface Reply {
  readonly status: number;
  readonly fields: readonly Field[];
  readonly body: ReplyBody;
}

/**
 * Answers by a stored response.
 *
 * @param bodyBytes of the whole representation
 * @param boundary what parts several ranges, from chance
 */
export function replyOf(
  request: CacheRequest,
  stored: StoredResponse,
  bodyBytes: number,
  nowMs: number,
  boundary: string,
  settings: CacheSettings,
): Reply {
  const fields = agedFields(stored, nowMs, settings);
  // RFC 9110 §13.2.1: conditions are for what would be a success.
  if (stored.status === 200 || stored.status === 206) {
    const verdict = evaluatePreconditions(request.method, request.fields, stored.validators, nowMs);
    if (verdict === "not-modified") {
      return { status: 304, fields: fields.filter(isOfNotModified), body: { kind: "none" } };
    }
    if (request.method === "GET") {
      const part = partOf(request, stored, bodyBytes, nowMs, boundary, fields);
      if (part !== undefined) return part;
    }
  }
  const length: Field = ["content-length", String(bodyBytes)];
  const isBodiless = stored.status === 204;
  return {
    status: stored.status,
    fields: isBodiless
      ? without(fields, "content-length")
      : [...without(fields, "content-length"), length],
    body: { kind: request.method === "HEAD" || isBodiless ? "none" : "whole" },
  };
}

/** A stored response's fields as clients get them, with its Age (RFC 9111 §5.1). */
export function agedFields(
  stored: StoredResponse,
  nowMs: number,
  settings: CacheSettings,
): readonly Field[] {
  const age = Math.min(Math.floor(currentAgeMs(stored, nowMs) / 1000), 2 ** 31);
  return [...clientFields(stored.fields, settings), ["age", String(age)]];
}

/** Undefined where all of it is sent. */
function partOf(
  { fields: asked }: CacheRequest,
  stored: StoredResponse,
  bodyBytes: number,
  nowMs: number,
  boundary: string,
  fields: readonly Field[],
): Reply | undefined {
  const value = fieldValue(asked, "range");
  if (value === undefined || !rangeApplies(asked, stored.validators, nowMs)) return undefined;
  const found = satisfy(parseRange(value), bodyBytes);
  const plain = without(fields, "content-length", "content-range");
  switch (found.kind) {
    case "ignored":
      return undefined;
    case "unsatisfiable": {
      // RFC 9110 §15.5.17. What speaks of the representation does not speak of this answer.
      const range: Field = ["content-range", formatContentRange(undefined, bodyBytes)];
      const kept = plain.filter(isOfNotModified);
      const length: Field = ["content-length", "0"];
      return { status: 416, fields: [...kept, range, length], body: { kind: "none" } };
    }
    case "ranges":
      return ranged(found.ranges, bodyBytes, boundary, plain);
  }
}

function ranged(
  ranges: readonly ByteRange[],
  bodyBytes: number,
  boundary: string,
  plain: readonly Field[],
): Reply {
  const [only] = ranges;
  if (ranges.length === 1 && only !== undefined) {
    const place: Field = ["content-range", formatContentRange(only, bodyBytes)];
    const length: Field = ["content-length", String(only.last - only.first + 1)];
    return { status: 206, fields: [...plain, place, length], body: { kind: "range", range: only } };
  }
  // RFC 9110 §15.3.7.2: no Content-Range of the whole, and the parts have the type.
  const parts = multipartRanges(ranges, bodyBytes, boundary, fieldValue(plain, "content-type"));
  return {
    status: 206,
    fields: [
      ...without(plain, "content-type"),
      ["content-type", parts.contentType],
      ["content-length", String(parts.contentLength)],
    ],
    body: { kind: "multipart", pieces: parts.pieces },
  };
}

/** RFC 9110 §15.4.5: without what describes a body that is not sent. */
function isOfNotModified([name]: Field): boolean {
  const lower = name.toLowerCase();
  return lower === "content-location" || !lower.startsWith("content-") && lower !== "set-cookie";
}

function without(fields: readonly Field[], ...names: readonly string[]): readonly Field[] {
  return fields.filter(([name]) => !names.includes(name.toLowerCase()));
}
