/** What goes out before the body of a response, and how its end is told (RFC 9112 §4 to §6). */

import { STATUS_CODES } from "node:http";
import { type Field, hopByHopFields, type HttpResponse, isFieldValue, isToken } from "@skerry/http";
import type { RequestHead } from "./request_head.ts";

/** A response's head, and what must follow it. */
export interface ResponseHead {
  readonly text: string;
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
 * @param keepAlive whether another response may follow, as far as the server is concerned
 * @param date now, as RFC 9110 §5.6.7 writes it
 * @throws where the response cannot be sent as it is, which is a mistake of ours
 */
export function responseHead(
  { status, fields, body }: HttpResponse,
  { method, version }: Pick<RequestHead, "method" | "version">,
  keepAlive: boolean,
  date: string,
): ResponseHead {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new Error(`${status} is not the status of a final response`);
  }
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
  let length: number | undefined;
  let isDated = false;
  for (const field of fields) {
    const [name, value] = field;
    text += fieldLine(field);
    if (name.length === 14 && name.toLowerCase() === "content-length") {
      length = lengthOf(value, length);
    } else if (name.length === 4 && name.toLowerCase() === "date") isDated = true;
  }
  if (!isDated) text += `Date: ${date}\r\n`;
  const mayHaveBody = method !== "HEAD" && status !== 204 && status !== 304;
  const framing = mayHaveBody ? framingOf(body, length, version) : noBody;
  if (framing.kind === "chunked") text += "Transfer-Encoding: chunked\r\n";
  else if (framing.kind === "counted" && length === undefined) {
    text += `Content-Length: ${framing.bytes}\r\n`;
  }
  const keeps = keepAlive && framing.kind !== "until the end";
  return {
    text: `${text}${keeps ? "" : "Connection: close\r\n"}\r\n`,
    body: framing,
    keepAlive: keeps,
  };
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

/**
 * A field as it is sent; throws where it cannot be.
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

/** A field as HTTP/1.1 writes it, where it can be sent. */
export function fieldLine(field: Field): string {
  checkField(field);
  return `${field[0]}: ${field[1]}\r\n`;
}

/** Names that need no looking at. */
const usualNames: ReadonlySet<string> = new Set([
  "cache-control",
  "content-length",
  "content-type",
  "location",
  "x-request-id",
]);

/** What a Content-Length says, where there was none before. Throws where it says nothing. */
export function lengthOf(value: string, before: number | undefined): number {
  if (before !== undefined || !/^\d{1,15}$/.test(value)) {
    throw new Error("the Content-Length is none");
  }
  return Number(value);
}
