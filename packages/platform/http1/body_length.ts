/**
 * Where a request ends, taken only where it is beyond doubt.
 *
 * A request that two servers in a row may cut at different places lets its sender slip a second one past the
 * first of them (RFC 9112 §11.2).
 */

import type { Refusal } from "./refusal.ts";

/** Bytes of a request's body, or that it comes in chunks and tells its end itself. */
export type BodyLength = number | "chunked";

/**
 * Decides by the fields `Content-Length` and `Transfer-Encoding` (RFC 9112 §6.3).
 *
 * @param lengths the values of all `Content-Length` fields
 * @param codings the values of all `Transfer-Encoding` fields
 */
export function bodyLength(
  version: "1.0" | "1.1",
  lengths: readonly string[],
  codings: readonly string[],
): BodyLength | Refusal {
  if (codings.length > 0) {
    // §6.1: not known in HTTP/1.0; §6.3: not beside a length.
    if (version === "1.0" || lengths.length > 0) return contradiction;
    const all = codings.flatMap((value) => value.split(",")).map((coding) =>
      coding.replace(/^[ \t]+|[ \t]+$/g, "").toLowerCase()
    );
    const chunkedAt = all.indexOf("chunked");
    // §6.3: chunks that are wrapped again tell no end.
    if (chunkedAt !== -1 && chunkedAt < all.length - 1) return endless;
    // §6.1: a coding that is not understood. We undo only the one that all must know.
    return all.length === 1 && chunkedAt === 0 ? "chunked" : unknownCoding;
  }
  const [length, ...more] = lengths;
  if (length === undefined) return 0;
  // §6.3: several lengths, even equal ones, may be refused.
  return more.length === 0 && /^\d{1,15}$/.test(length) ? Number(length) : contradiction;
}

const contradiction: Refusal = {
  status: 400,
  why: "the body's length is malformed or contradicted",
};
const endless: Refusal = { status: 400, why: "the chunked coding is not the last one" };
const unknownCoding: Refusal = { status: 501, why: "the transfer coding is unknown" };
