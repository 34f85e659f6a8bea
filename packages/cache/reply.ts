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
import { ageSecondsOf } from "./freshness.ts";
import { isPlain } from "./plain_request.ts";
import type { CacheRequest } from "./request.ts";
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
 * @param newBoundary makes what parts several ranges, from chance
 */
export function replyOf(
  request: CacheRequest,
  stored: StoredResponse,
  bodyBytes: number,
  nowMs: number,
  newBoundary: () => string,
): Reply {
  const age = ageSecondsOf(stored, nowMs);
  // RFC 9111 §5.1
  const fields: readonly Field[] = [...stored.served, ["age", String(age)]];
  // RFC 9110 §13.2.1: conditions are for what would be a success.
  const isSuccess = stored.status === 200 || stored.status === 206;
  if (isSuccess && !isPlain(request.fields)) {
    const verdict = evaluatePreconditions(request.method, request.fields, stored.validators, nowMs);
    if (verdict === "not-modified") {
      return { status: 304, fields: fields.filter(isOfNotModified), body: { kind: "none" } };
    }
    if (request.method === "GET") {
      const part = partOf(request, stored, bodyBytes, nowMs, newBoundary, fields);
      if (part !== undefined) return part;
    }
  }
  if (stored.status === 204) return { status: 204, fields, body: { kind: "none" } };
  return {
    status: stored.status,
    fields: [...fields, ["content-length", String(bodyBytes)]],
    body: { kind: request.method === "HEAD" ? "none" : "whole" },
  };
}

/** Undefined where all of it is sent. */
function partOf(
  { fields: asked }: CacheRequest,
  stored: StoredResponse,
  bodyBytes: number,
  nowMs: number,
  newBoundary: () => string,
  fields: readonly Field[],
): Reply | undefined {
  const value = fieldValue(asked, "range");
  if (value === undefined || !rangeApplies(asked, stored.validators, nowMs)) return undefined;
  const found = satisfy(parseRange(value), bodyBytes);
  switch (found.kind) {
    case "ignored":
      return undefined;
    case "unsatisfiable": {
      // RFC 9110 §15.5.17. What speaks of the representation does not speak of this answer.
      const range: Field = ["content-range", formatContentRange(undefined, bodyBytes)];
      const kept = fields.filter(isOfNotModified);
      const length: Field = ["content-length", "0"];
      return { status: 416, fields: [...kept, range, length], body: { kind: "none" } };
    }
    case "ranges": {
      const plain = fields.filter(([name]) => name.toLowerCase() !== "content-range");
      return ranged(found.ranges, bodyBytes, newBoundary, plain);
    }
  }
}

function ranged(
  ranges: readonly ByteRange[],
  bodyBytes: number,
  newBoundary: () => string,
  plain: readonly Field[],
): Reply {
  const [only] = ranges;
  if (ranges.length === 1 && only !== undefined) {
    const place: Field = ["content-range", formatContentRange(only, bodyBytes)];
    const length: Field = ["content-length", String(only.last - only.first + 1)];
    return { status: 206, fields: [...plain, place, length], body: { kind: "range", range: only } };
  }
  // RFC 9110 §15.3.7.2: no Content-Range of the whole, and the parts have the type.
  const parts = multipartRanges(
    ranges,
    bodyBytes,
    newBoundary(),
    fieldValue(plain, "content-type"),
  );
  return {
    status: 206,
    fields: [
      ...plain.filter(([name]) => name.toLowerCase() !== "content-type"),
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
