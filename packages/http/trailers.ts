/**
 * The fields after a body (RFC 9110 §6.5).
 *
 * By the time that they come a message has been framed, routed, authorised and decoded: a field that would decide
 * any of that is none that a trailer may carry (§6.5.1), and is dropped. Nor is any merged into the fields before the
 * body, which nobody may do who does not know what it means (§6.5.2).
 */

import { hopByHopFields, isToken } from "./field.ts";
import type { Field } from "./message.ts";

/** The fields that may stand after a body, in their order. */
export function allowedTrailers(fields: readonly Field[]): readonly Field[] {
  return fields.every(mayBeTrailer) ? fields : fields.filter(mayBeTrailer);
}

/** Whether a client says that it takes trailers (RFC 9110 §10.1.4), by the value of its field `TE`. */
export function takesTrailers(te: string): boolean {
  return te.split(",").some((coding) => /^[ \t]*trailers[ \t]*$/i.test(coding));
}

function mayBeTrailer([name]: Field): boolean {
  const lower = name.toLowerCase();
  return isToken(name) && !hopByHopFields.has(lower) && !decisiveFields.has(lower) &&
    !lower.startsWith("x-forwarded-");
}

/** RFC 9110 §6.5.1, by what each would decide. */
const decisiveFields: ReadonlySet<string> = new Set([
  // Where the message ends.
  ...["content-length", "trailer", "transfer-encoding"],
  // Where it goes, and whence it came.
  ...["host", "forwarded", "via", "x-real-ip"],
  // What is done with it.
  ...["cache-control", "expect", "max-forwards", "pragma", "range"],
  ...["if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since"],
  // In whose name.
  ...["authorization", "cookie", "set-cookie", "www-authenticate"],
  // What a response is.
  ...["age", "date", "expires", "location", "retry-after", "vary", "warning"],
  // What its body is.
  ...["content-encoding", "content-range", "content-type"],
]);
