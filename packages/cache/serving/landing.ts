/** An answer that has begun to come and may be kept: what it is made of, for whoever follows it. */

import type { Field, HttpResponse } from "@skerry/http";
import type { Outbound, StatusFacts } from "../exchange.ts";
import { currentAgeMs } from "../freshness.ts";
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
  /** Its body from the first byte on, for one more. */
  readonly open: () => HttpResponse["body"];
}

/** The answer for one who asked while it came for another. */
export function followingResponse(landing: Landing, nowMs: number): HttpResponse {
  const { status, filling, facts } = landing;
  const age = Math.floor(currentAgeMs(filling, nowMs) / 1000);
  const fields = landing.fields.filter(([name]) => name.toLowerCase() !== "age");
  const told = statusField({ ...facts, collapsed: true });
  return landed(landing, [...fields, ["age", String(age)], told], status);
}

/** The answer for whoever it was fetched for. */
export function firstResponse(landing: Landing): HttpResponse {
  return landed(landing, [...landing.fields, statusField(landing.facts)], landing.status);
}

function landed(
  { open, trailers }: Landing,
  fields: readonly Field[],
  status: number,
): HttpResponse {
  return { status, fields, body: open(), ...(trailers !== undefined && { trailers }) };
}
