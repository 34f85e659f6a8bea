/** What a request says to the operation that it asks for. */

import { fieldValue, type HttpRequest, type RequestTarget } from "@skerry/http";
import { mistaken } from "../refusal.ts";
import type { Caller } from "../tokens.ts";
import { bytesBody, jsonBody } from "./body.ts";
import type { Call, Operation } from "./operation.ts";

/** Reads all but the body, which waits until it is asked for. */
export function callOf(
  request: HttpRequest,
  { query }: RequestTarget,
  operation: Operation,
  caller: Caller,
  parts: ReadonlyMap<string, string>,
  { documentBytesMax }: { readonly documentBytesMax: number },
): Call {
  const asked = new URLSearchParams(query);
  for (const name of asked.keys()) {
    if (!Object.hasOwn(operation.query ?? {}, name)) {
      throw mistaken(name, "there is no such parameter");
    }
    if (asked.getAll(name).length > 1) throw mistaken(name, "this parameter stands twice");
  }
  const text = (name: string) => asked.get(name) ?? undefined;
  return {
    caller,
    request,
    part: (name) => parts.get(name) ?? "",
    text,
    count(name) {
      const found = text(name);
      if (found === undefined) return undefined;
      if (/^\d{1,15}$/.test(found)) return Number(found);
      throw mistaken(name, "expected a whole number");
    },
    revision: revisionOf(request),
    idempotencyKey: idempotencyKeyOf(request),
    json: (schema) => jsonBody(request, schema, documentBytesMax),
    bytes: () => bytesBody(request, operation.body?.kind === "bytes" ? operation.body.media : []),
  };
}

/** RFC 9110 §13.1.1: one strong entity tag, or whatever there is. */
function revisionOf({ fields }: HttpRequest): number | undefined {
  const text = fieldValue(fields, "if-match");
  if (text === undefined || text.trim() === "*") return undefined;
  const [, revision] = /^\s*"(\d{1,15})"\s*$/.exec(text) ?? [];
  if (revision === undefined) throw mistaken("If-Match", "expected the ETag of an answer");
  return Number(revision);
}

function idempotencyKeyOf({ fields }: HttpRequest): string | undefined {
  const key = fieldValue(fields, "idempotency-key");
  if (key === undefined || /^[!-~]{1,200}$/.test(key)) return key;
  throw mistaken("Idempotency-Key", "expected 1 to 200 visible characters");
}
