/** A body that is not in memory, whose first bytes are read before anything is promised of it. */

import type { KeptBody } from "../body.ts";
import type { Reply } from "../reply.ts";

/** The same body; undefined where what is wanted of it cannot be read. */
export async function triedBody(
  { body: wanted }: Reply,
  body: KeptBody,
): Promise<KeptBody | undefined> {
  if (body.read === undefined) return body;
  const range = wanted.kind === "range"
    ? wanted.range
    : wanted.kind === "whole"
    ? { first: 0, last: body.bytes - 1 }
    : wanted.kind === "none"
    ? undefined
    : wanted.pieces.find((piece) => piece.kind === "range")?.range;
  if (range === undefined) return body;
  try {
    for await (const bytes of body.read(range.first, range.last)) {
      return begunWith(body, range.first, bytes);
    }
  } catch {
    return undefined;
  }
  return body;
}

/** What was read is not read again where it is asked for first. */
function begunWith(body: KeptBody, start: number, begun: Uint8Array): KeptBody {
  return {
    bytes: body.bytes,
    slices: (first, last) => body.slices(first, last),
    async *read(first, last) {
      let at = first;
      if (first === start) {
        const bytes = begun.subarray(0, last + 1 - first);
        yield bytes;
        at += bytes.length;
      }
      if (at <= last && body.read !== undefined) yield* body.read(at, last);
    },
  };
}
