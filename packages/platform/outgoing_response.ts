/** A plain response, sent by `node:http` as fast as its client takes it and no faster. */

import type { ServerResponse } from "node:http";
import { type Field, type HttpResponse, isFieldValue, isToken } from "@skerry/http";

/** The largest part of a body that is handed on at once: a client must take it before it gets another. */
const pieceBytesMax = 64 * 1024;

/**
 * Sends all but the end of a response.
 *
 * @param stallMsMax a client that takes nothing for so long is cut off
 * @throws where the head cannot be sent as it is, and whatever the body's iterable throws
 */
export async function send(
  { status, fields, body }: HttpResponse,
  outgoing: ServerResponse,
  stallMsMax: number,
): Promise<void> {
  checkHead(status, fields);
  // A length that is not kept throws, instead of shifting the next response.
  outgoing.strictContentLength = true;
  outgoing.writeHead(status, fields.flat());
  if (body === undefined) return;
  for await (const piece of body instanceof Uint8Array ? piecesOf(body) : body) {
    if (!outgoing.destroyed && !outgoing.write(piece)) await drained(outgoing, stallMsMax);
    if (outgoing.destroyed) return;
  }
}

/** Resolves when a response that has ended is out, or its client gone. */
export async function untilClosed(
  outgoing: ServerResponse,
  closed: Promise<unknown>,
  stallMsMax: number,
): Promise<void> {
  const timer = setTimeout(() => outgoing.destroy(), stallMsMax);
  await closed;
  clearTimeout(timer);
}

/** Refuses a request, and whatever its connection may bring next. */
export function refusal(status: number, outgoing: ServerResponse): HttpResponse {
  outgoing.shouldKeepAlive = false;
  return { status, fields: [["content-length", "0"]], body: undefined };
}

/**
 * Nothing below this checks what it writes: a line break in a value would be the start of another field, or of
 * another response (RFC 9110 §5.5, RFC 9112 §11.1).
 */
function checkHead(status: number, fields: readonly Field[]): void {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new Error(`${status} is not the status of a final response`);
  }
  for (const [name, value] of fields) {
    if (!isToken(name) || !isFieldValue(value)) {
      throw new Error(`${JSON.stringify(name)} is not a field that can be sent`);
    }
  }
}

function* piecesOf(body: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < body.length; at += pieceBytesMax) {
    yield body.subarray(at, at + pieceBytesMax);
  }
}

function drained(outgoing: ServerResponse, stallMsMax: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      outgoing.off("drain", done).off("close", done);
      resolve();
    };
    const timer = setTimeout(() => outgoing.destroy(), stallMsMax);
    outgoing.on("drain", done).on("close", done);
  });
}
