/** What a response's header block holds (RFC 9113 §8.3.2), and what follows it. */

import { allowedTrailers, type Field, type HttpResponse } from "@skerry/http";
import { checkField, lengthOf } from "../http1/field_lines.ts";
import { unkeptLength } from "../http1/response_head.ts";

/** A response's head. */
export interface ResponseFields {
  readonly fields: readonly Field[];
  readonly hasBody: boolean;
  /** Bytes that the body must have, where that is told. */
  readonly length: number | undefined;
}

/**
 * The head of a response.
 *
 * @param date now, as RFC 9110 §5.6.7 writes it
 * @throws where the response cannot be sent as it is, which is a mistake of ours
 */
export function responseFields(
  { status, fields: given, body }: HttpResponse,
  method: string,
  date: string,
): ResponseFields {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new Error(`${status} is not the status of a final response`);
  }
  const fields: Field[] = [[":status", String(status)]];
  let length: number | undefined;
  let isDated = false;
  for (const field of given) {
    const sent = sendable(field);
    fields.push(sent);
    if (sent[0] === "content-length") length = lengthOf(sent[1], length);
    else if (sent[0] === "date") isDated = true;
  }
  if (!isDated) fields.push(["date", date]);
  const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
  if (hasBody && (body === undefined || body instanceof Uint8Array)) {
    const bytes = body?.length ?? 0;
    if (length === undefined) fields.push(["content-length", String(bytes)]);
    else if (length !== bytes) throw unkeptLength(length);
    length = bytes;
  }
  const isEmpty = body === undefined || body instanceof Uint8Array && body.length === 0;
  return { fields, hasBody: hasBody && !isEmpty, length };
}

/** The head of an interim response (RFC 9110 §15.2); 101 does not exist in HTTP/2 (RFC 9113 §8.6). */
export function interimFields(status: number, fields: readonly Field[]): readonly Field[] {
  if (!Number.isInteger(status) || status < 100 || status > 199 || status === 101) {
    throw new Error(`${status} is not the status of an interim response`);
  }
  return [[":status", String(status)], ...fields.map(sendable)];
}

/** The fields after a body (RFC 9110 §6.5.1). */
export function trailerFields(fields: readonly Field[]): readonly Field[] {
  return allowedTrailers(fields).map(sendable);
}

/** RFC 9113 §8.2.1: names are in lower case. */
function sendable(field: Field): Field {
  checkField(field);
  const name = field[0].toLowerCase();
  return name === field[0] ? field : [name, field[1]];
}
