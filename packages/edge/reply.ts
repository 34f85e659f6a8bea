/** From how a request went to its response, and to its one event: what is sent is decided here, and what is told of it. */

import { encodeUtf8 } from "@skerry/base";
import type { CgiHead, Field, HttpResponse } from "@skerry/http";
import type { Outcome } from "@skerry/sandbox";
import type { Exchange } from "./exchange.ts";
import { judge, type Verdict } from "./outcome_status.ts";
import type { Recorder } from "./recorder.ts";

/** The host itself failed. */
export function failed(recorder: Recorder, error: unknown): HttpResponse {
  recorder.failed(error);
  return errorResponse(recorder, 500, "the host failed");
}

/** The guest has ended, and nothing has been sent. */
export function whole(recorder: Recorder, exchange: Exchange, outcome: Outcome): HttpResponse {
  const { response } = exchange;
  const verdict: Verdict = exchange.bodyTooLarge
    ? { kind: "fail", status: 413, why: "the request's body is too large" }
    : judge(outcome, response.state);
  if (verdict.kind === "fail") {
    recorder.withGuest(exchange, outcome, verdict.status, verdict.why);
    return errorResponse(recorder, verdict.status, verdict.why);
  }
  const { head } = verdict;
  const body = response.wholeBody();
  recorder.withGuest(exchange, outcome, head.status);
  return {
    status: head.status,
    fields: responseFields(recorder, head.headers, lengthOf(recorder, head, body.length)),
    body: hasBody(recorder, head) ? body : undefined,
  };
}

/** The guest waits with its head complete: what it writes from now on goes out as it comes. */
export function streamed(recorder: Recorder, { response }: Exchange): HttpResponse {
  const { head } = response;
  return {
    status: head.status,
    fields: responseFields(recorder, head.headers, lengthOf(recorder, head, head.contentLength)),
    body: hasBody(recorder, head) ? response.stream() : undefined,
  };
}

function hasBody({ request }: Recorder, head: CgiHead): boolean {
  return head.mayHaveBody && request.method !== "HEAD";
}

/**
 * The Content-Length to send, which must be that of what follows, or the next response on the connection
 * would be taken for the rest of this one (RFC 9110 §8.6). HEAD and 304 tell the length that there would be.
 */
function lengthOf(
  recorder: Recorder,
  head: CgiHead,
  bodyLength: number | undefined,
): number | undefined {
  if (head.status === 204) return undefined;
  if (head.status === 304 || recorder.request.method === "HEAD") return head.contentLength;
  return head.mayHaveBody ? bodyLength : 0;
}

/** The status is out already, so the event keeps it and tells the failure beside it. */
export function recordStreamed(recorder: Recorder, exchange: Exchange, outcome: Outcome): void {
  const verdict = judge(outcome, exchange.response.state);
  const why = verdict.kind === "fail" ? `${verdict.why} (after its response had begun)` : undefined;
  recorder.withGuest(exchange, outcome, exchange.response.head.status, why);
}

export function refuse(
  recorder: Recorder,
  outcome: "rejected" | "unrouted" | "refused" | "hung up",
  status: number,
  why: string,
): HttpResponse {
  const response = errorResponse(recorder, status, why);
  recorder.withoutGuest(outcome, status, response.body.length, why);
  return response;
}

/** The guest's fields, and ours, which it cannot set. */
export function responseFields(
  { id, addedFields }: Recorder,
  fields: readonly Field[],
  length: number | undefined,
): Field[] {
  const all: Field[] = [];
  for (const field of fields) {
    if (field[0] !== "x-request-id") all.push(field);
  }
  for (const field of addedFields) all.push(field);
  all.push(["x-request-id", id]);
  if (length !== undefined) all.push(["content-length", String(length)]);
  return all;
}

/** What a client is told of a failure: the status, a sentence, and the id under which the log has the rest. */
function errorResponse(
  recorder: Recorder,
  status: number,
  why: string,
): HttpResponse & { readonly body: Uint8Array } {
  recorder.hasFailed = true;
  const body = encodeUtf8(`${status}: ${why}\nrequest ${recorder.id}\n`);
  const fields: Field[] = [["content-type", "text/plain; charset=utf-8"]];
  if (status === 503) fields.push(["retry-after", "1"]);
  return { status, fields: responseFields(recorder, fields, body.length), body };
}
