/**
 * Whether it is certain where a request ends.
 *
 * A request that two servers in a row may cut at different places lets its sender slip a second one past the
 * first of them (RFC 9112 §11.2). The parser under `node:http` refuses most of those; what it lets through is
 * refused here, and what it refuses is refused here once more, because nothing else would tell of its change.
 */

import { type Field, fieldValues } from "@skerry/http";

/** The status that refuses a request; undefined where its framing is beyond doubt. */
export function framingFault(version: string, fields: readonly Field[]): number | undefined {
  if (version !== "1.0" && version !== "1.1") return 505;
  const lengths = fieldValues(fields, "content-length");
  const codings = fieldValues(fields, "transfer-encoding");
  if (codings.length > 0) {
    // §6.1: not known in HTTP/1.0; §6.3: not beside a length.
    if (version === "1.0" || lengths.length > 0) return 400;
    // §6.1: a coding that is not understood. We undo only the one that all must know, said once.
    if (codings.length > 1 || !/^[ \t]*chunked[ \t]*$/i.test(codings[0] ?? "")) return 501;
  }
  // §6.3: several lengths, even equal ones, may be refused.
  if (lengths.length > 1 || !lengths.every((length) => /^[ \t]*\d{1,15}[ \t]*$/.test(length))) {
    return 400;
  }
  return undefined;
}
