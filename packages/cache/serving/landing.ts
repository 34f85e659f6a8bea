/** An answer that has begun to come and may be kept: what it is made of, for whoever gets it. */

import { type ByteRange, type Field, fieldValue, type HttpResponse } from "@skerry/http";
import type { Outbound, StatusFacts } from "../exchange.ts";
import { currentAgeMs } from "../freshness.ts";
import { replyOf } from "../reply.ts";
import type { CacheRequest } from "../request.ts";
import type { StoredResponse } from "../stored_response.ts";
import { statusField } from "./status_field.ts";

/** See the head of this file. */
export interface Landing {
  readonly outbound: Outbound;
  readonly filling: StoredResponse;
  readonly status: number;
  /** As clients get them. */
  readonly fields: readonly Field[];
  readonly facts: StatusFacts;
  readonly trailers: HttpResponse["trailers"];
  /** Of its body; undefined where that is not known before its end. */
  readonly bytes: number | undefined;
  /** Its body, or a part of it, for one more. */
  readonly open: (range?: ByteRange) => HttpResponse["body"];
}

/** The answer for one who asked while it came for another. */
export function followingResponse(
  landing: Landing,
  request: CacheRequest,
  nowMs: number,
): HttpResponse {
  const { filling, facts } = landing;
  const told = statusField({ ...facts, collapsed: true });
  // What they want of it was not asked of the origin: it was another's request.
  const wanted = wantedOf(landing, request, nowMs, told);
  if (wanted !== undefined) return wanted;
  const age = Math.floor(currentAgeMs(filling, nowMs) / 1000);
  // What is kept is for all; what came besides is for whoever it was fetched for alone (RFC 9111 §5.2.2.4, §5.2.2.7).
  const ofExtent = filling.extent.kind === "part"
    ? /^content-(?:length|range)$/i
    : /^content-length$/i;
  const lengths = landing.fields.filter(([name]) => ofExtent.test(name));
  return all(landing, [...filling.served, ...lengths, ["age", String(age)], told]);
}

/** The answer for whoever it was fetched for. */
export function firstResponse(landing: Landing, nowMs: number): HttpResponse {
  const { outbound: { fields, asked: { request } }, facts } = landing;
  const told = statusField(facts);
  // Where the origin was asked for something else, it has judged nothing that they said.
  const wanted = fields === request.fields ? undefined : wantedOf(landing, request, nowMs, told);
  return wanted ?? all(landing, [...landing.fields, told]);
}

/** What a request's conditions and its range make of the answer; undefined where all of it is wanted. */
function wantedOf(
  landing: Landing,
  request: CacheRequest,
  nowMs: number,
  told: Field,
): HttpResponse | undefined {
  const { filling, bytes, open } = landing;
  if (filling.status !== 200 || !isPicky(request)) return undefined;
  // A part can be told only by the length of the whole.
  const asked = bytes === undefined ? withoutRange(request) : request;
  const reply = replyOf(asked, filling, bytes ?? 0, nowMs, () => "");
  const fields = [...reply.fields, told];
  switch (reply.body.kind) {
    case "none":
      return { status: reply.status, fields, body: undefined };
    case "range":
      return { status: reply.status, fields, body: open(reply.body.range) };
    case "whole":
    case "multipart":
      return undefined;
  }
}

function isPicky({ fields }: CacheRequest): boolean {
  return ["range", "if-none-match", "if-modified-since"].some((name) =>
    fieldValue(fields, name) !== undefined
  );
}

function withoutRange(request: CacheRequest): CacheRequest {
  return {
    ...request,
    fields: request.fields.filter(([name]) => name.toLowerCase() !== "range"),
  };
}

function all({ status, open, trailers }: Landing, fields: readonly Field[]): HttpResponse {
  return { status, fields, body: open(), ...(trailers !== undefined && { trailers }) };
}
