/** What went wrong, as an answer: problem details (RFC 9457), with a code that stays the same. */

import { BugError, encodeUtf8, errorTable, isSkerryError, type SkerryError } from "@skerry/base";
import type { Field, HttpResponse } from "@skerry/http";
import { Refusal, refusalTable } from "../refusal.ts";

/** What a response of JSON has besides its body: it is for who asked, and for nothing but to be read. */
export const jsonFields: readonly Field[] = [
  ["cache-control", "no-store"],
  ["x-content-type-options", "nosniff"],
];

/** The answer to what was thrown. What is none of our refusals says nothing of its insides. */
export function problemResponse(error: unknown): HttpResponse {
  if (error instanceof Refusal) return refusalResponse(error);
  if (isSkerryError(error)) return worldResponse(error);
  const title = "Skerry has made a mistake";
  const detail = error instanceof BugError
    ? "what must hold does not; the node's log says more"
    : "the node's log says more";
  return problem(500, "SKERRY_BUG", title, detail, {}, []);
}

function refusalResponse({ code, message, details }: Refusal): HttpResponse {
  const [status, title] = refusalTable[code];
  const { retryAfterMs, allow, ...shown } = details;
  const fields: Field[] = [];
  if (retryAfterMs !== undefined) fields.push(["retry-after", `${Math.ceil(retryAfterMs / 1000)}`]);
  if (allow !== undefined) fields.push(["allow", allow.join(", ")]);
  if (status === 401) fields.push(["www-authenticate", 'Bearer realm="skerry"']);
  return problem(status, code, title, message, shown, fields);
}

/** What the world did to the node: a full disk, a preparer that died. Paths of the machine are nobody's business. */
function worldResponse({ code, message }: SkerryError): HttpResponse {
  const isFull = /full|no space|quota|disk I\/O/i.test(message);
  const status = isFull ? 507 : 503;
  const title = "The node cannot do this now";
  return problem(status, code, title, message, { remedy: errorTable[code] }, []);
}

function problem(
  status: number,
  code: string,
  title: string,
  detail: string,
  more: Readonly<Record<string, unknown>>,
  fields: readonly Field[],
): HttpResponse {
  const name = code.replace(/^SKERRY_/, "").toLowerCase().replaceAll("_", "-");
  const type = `urn:skerry:problem:${name}`;
  const document = { type, title, status, detail, code, ...more };
  return {
    status,
    fields: [["content-type", "application/problem+json"], ...jsonFields, ...fields],
    body: encodeUtf8(`${JSON.stringify(document)}\n`),
  };
}
