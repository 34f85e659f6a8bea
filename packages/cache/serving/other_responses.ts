/** Answers that nothing is kept of, and that nothing that is kept was the source of. */

import { encodeUtf8 } from "@skerry/base";
import type { HttpResponse } from "@skerry/http";
import type { Arrival, Outbound, StatusFacts } from "../exchange.ts";
import { statusField } from "./status_field.ts";

/** What the origin answered, as clients get it. */
export function passedResponse(
  response: HttpResponse,
  { fields, facts }: Extract<Arrival, { kind: "pass-on" }>,
): HttpResponse {
  return { ...response, fields: [...fields, statusField(facts)] };
}

/** RFC 9111 §5.2.1.7. */
export function refusedResponse(facts: StatusFacts): HttpResponse {
  return plain(
    504,
    "nothing that is kept answers this request, and nothing else was wanted",
    facts,
  );
}

/** The origin has failed. */
export function failedResponse(
  response: HttpResponse | undefined,
  { facts }: Outbound,
): HttpResponse {
  if (response === undefined) return plain(502, "the origin cannot be reached", facts);
  return { ...response, fields: [...response.fields, statusField(facts)] };
}

/** For nobody. */
export const goneResponse: HttpResponse = { status: 503, fields: [], body: undefined };

function plain(status: number, why: string, facts: StatusFacts): HttpResponse {
  return {
    status,
    fields: [["content-type", "text/plain; charset=utf-8"], statusField(facts)],
    body: encodeUtf8(`${status}: ${why}\n`),
  };
}
