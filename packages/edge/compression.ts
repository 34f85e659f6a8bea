/** Responses as their clients like them: coded where both sides gain by it. */

import {
  chosenCoding,
  codedFields,
  type ContentCoding,
  fieldValue,
  fieldValues,
  type HttpRequest,
  type HttpResponse,
  mayBeCoded,
  variesByCoding,
} from "@skerry/http";

/** What codes bodies. */
export interface Compressor {
  whole(coding: ContentCoding, bytes: Uint8Array): Promise<Uint8Array>;
  /** Each piece can be read by the client as soon as it was written. Undefined where too many bodies are under way. */
  pieces(
    coding: ContentCoding,
    body: AsyncIterable<Uint8Array>,
  ): AsyncIterable<Uint8Array> | undefined;
}

/** Larger bodies are coded in pieces, so that none takes the thread for long. */
const wholeBytesMax = 128 * 1024;
const pieceBytes = 64 * 1024;

/** A response, coded where its client takes a coding and the response may have one. */
export async function compressed(
  request: Pick<HttpRequest, "method" | "fields">,
  response: HttpResponse,
  compressor: Compressor,
): Promise<HttpResponse> {
  const { status, fields, body } = response;
  const length = body instanceof Uint8Array ? body.length : lengthToldBy(response);
  if (!mayBeCoded(status, fields, length)) return response;
  const coding = chosenCoding(fieldValues(request.fields, "accept-encoding"));
  if (coding === undefined) return { ...response, fields: variesByCoding(fields) };
  const coded = codedFields(fields, coding);
  // HEAD tells the fields that GET would have, but the length, which is not known (RFC 9110 §9.3.2).
  if (body === undefined) return { ...response, fields: coded };
  if (body instanceof Uint8Array && body.length <= wholeBytesMax) {
    const bytes = await compressor.whole(coding, body);
    return {
      ...response,
      fields: [...coded, ["content-length", String(bytes.length)]],
      body: bytes,
    };
  }
  const pieces = compressor.pieces(coding, body instanceof Uint8Array ? piecesOf(body) : body);
  return pieces === undefined
    ? { ...response, fields: variesByCoding(fields) }
    : { ...response, fields: coded, body: pieces };
}

function lengthToldBy({ fields }: HttpResponse): number | undefined {
  const text = fieldValue(fields, "content-length");
  return text === undefined ? undefined : Number(text);
}

async function* piecesOf(body: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < body.length; at += pieceBytes) yield body.subarray(at, at + pieceBytes);
}
