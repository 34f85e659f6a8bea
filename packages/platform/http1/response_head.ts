/** What goes out before the body of a response, and how its end is told (RFC 9112 §4 to §6). */

import { STATUS_CODES } from "node:http";
import { encodeUtf8 } from "@skerry/base";
import type { HttpResponse } from "@skerry/http";
import { writeFields } from "./field_lines.ts";
import type { HeadBytes } from "./head_bytes.ts";
import type { RequestHead } from "./request_head.ts";

/** A response's head, and what must follow it. */
export interface ResponseHead {
  readonly bytes: HeadBytes;
  readonly body: BodyFraming;
  /** Whether another response may follow. */
  readonly keepAlive: boolean;
}

/** How a client will know where the body ends. */
export type BodyFraming =
  | { readonly kind: "none" }
  | { readonly kind: "counted"; readonly bytes: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "until the end" };

/**
 * The head of a response.
 *
 * @param bytes what it is written into, anew
 * @param keepAlive whether another response may follow, as far as the server is concerned
 * @param date now, as RFC 9110 §5.6.7 writes it
 * @throws where the response cannot be sent as it is, which is a mistake of ours
 */
export function responseHead(
  { status, fields, body }: HttpResponse,
  { method, version }: Pick<RequestHead, "method" | "version">,
  keepAlive: boolean,
  date: string,
  bytes: HeadBytes,
): ResponseHead {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new Error(`${status} is not the status of a final response`);
  }
  bytes.clear();
  bytes.add(statusLine(status));
  const { length, isDated } = writeFields(fields, bytes);
  if (!isDated) bytes.add(dateLine(date));
  const mayHaveBody = method !== "HEAD" && status !== 204 && status !== 304;
  const framing = mayHaveBody ? framingOf(body, length, version) : noBody;
  if (framing.kind === "chunked") bytes.text("Transfer-Encoding: chunked\r\n");
  else if (framing.kind === "counted" && length === undefined) {
    bytes.text(`Content-Length: ${framing.bytes}\r\n`);
  }
  const keeps = keepAlive && framing.kind !== "until the end";
  bytes.text(keeps ? "\r\n" : "Connection: close\r\n\r\n");
  return { bytes, body: framing, keepAlive: keeps };
}

/** By status. */
const statusLines: Uint8Array[] = [];

function statusLine(status: number): Uint8Array {
  return statusLines[status] ??= encodeUtf8(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`);
}

/** That of the date which was written last: it changes once in a second. */
let lastDate = { date: "", line: new Uint8Array(0) };

function dateLine(date: string): Uint8Array {
  if (lastDate.date !== date) lastDate = { date, line: encodeUtf8(`Date: ${date}\r\n`) };
  return lastDate.line;
}

const noBody: BodyFraming = { kind: "none" };

function framingOf(
  body: HttpResponse["body"],
  length: number | undefined,
  version: "1.0" | "1.1",
): BodyFraming {
  if (body === undefined || body instanceof Uint8Array) {
    const bytes = body?.length ?? 0;
    if (length !== undefined && length !== bytes) throw unkeptLength(length);
    return { kind: "counted", bytes };
  }
  if (length !== undefined) return { kind: "counted", bytes: length };
  // RFC 9112 §6.1: not to a client that may not know it.
  return { kind: version === "1.1" ? "chunked" : "until the end" };
}

/** A length that is not kept would shift the next response on the connection (RFC 9110 §8.6). */
export function unkeptLength(length: number): Error {
  return new Error(`the body has not the ${length} bytes that its Content-Length tells`);
}
