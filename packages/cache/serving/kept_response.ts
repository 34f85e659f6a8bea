/** A response that is made of what is kept, as it is sent. */

import type { HttpResponse } from "@skerry/http";
import type { KeptBody } from "../body.ts";
import type { Action, StatusFacts } from "../exchange.ts";
import type { Reply } from "../reply.ts";
import type { Answered } from "./answered.ts";
import { refusedResponse } from "./other_responses.ts";
import { statusField } from "./status_field.ts";
import type { TriedBody } from "./tried_body.ts";

/**
 * The answer where nothing goes forward for it.
 *
 * @param make as {@link keptResponse}
 */
export function repliedTo(
  action: Exclude<Action, { kind: "forward" }>,
  make: typeof keptResponse = keptResponse,
): Answered {
  if (action.kind === "refuse") {
    return { response: refusedResponse(action.facts), result: "refused" };
  }
  const { reply, body, facts } = action;
  const result = facts.detail === undefined ? "hit" : "stale";
  return { response: make(reply, body, facts), result };
}

/** What is kept, or a part of it. Small bodies are whole, so that they go out with their head. */
export function keptResponse(reply: Reply, body: TriedBody, facts: StatusFacts): HttpResponse {
  return {
    status: reply.status,
    fields: [...reply.fields, statusField(facts)],
    body: bodyOf(reply, body),
  };
}

function bodyOf({ body: wanted }: Reply, body: TriedBody): HttpResponse["body"] {
  switch (wanted.kind) {
    case "none":
      return undefined;
    case "whole":
      return joined(body, 0, body.bytes - 1);
    case "range":
      return joined(body, wanted.range.first, wanted.range.last);
    case "multipart":
      return inTurn(
        wanted.pieces.map((piece) =>
          piece.kind === "text" ? [piece.bytes] : partOf(body, piece.range.first, piece.range.last)
        ),
        body.close,
      );
  }
}

/** In one piece where it is kept in one. */
function joined(body: KeptBody, first: number, last: number): HttpResponse["body"] {
  if (body.read !== undefined) return body.read(first, last);
  const slices = body.slices(first, last);
  const [only = nothing] = slices;
  return slices.length > 1 ? inTurn([slices]) : only;
}

/** Taken now, as far as it is in memory. */
function partOf(body: KeptBody, first: number, last: number): Part {
  return body.read?.(first, last) ?? body.slices(first, last);
}

type Part = readonly Uint8Array[] | AsyncIterable<Uint8Array>;

async function* inTurn(
  parts: readonly Part[],
  close: () => void = () => {},
): AsyncGenerator<Uint8Array> {
  try {
    for (const part of parts) yield* part;
  } finally {
    close();
  }
}

const nothing = new Uint8Array(0);
