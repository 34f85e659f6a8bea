/** What a backend's answer must be, whoever parsed it: what is doubtful is passed on to nobody. */

import { type Field, fieldValues, isFieldValue, isToken } from "@skerry/http";

/** What is wrong with the head of an answer; undefined where it is sound. */
export function answerFault(
  status: number,
  fields: readonly Field[],
  { headersMax, headerBytesMax }: { readonly headersMax: number; readonly headerBytesMax: number },
): string | undefined {
  // RFC 9110 §15: other classes do not exist.
  if (!Number.isInteger(status) || status < 100 || status > 599) return `the status ${status}`;
  if (fields.length > headersMax) return `${fields.length} fields`;
  let [bytes, lengths, codings] = [0, 0, 0];
  for (const [name, value] of fields) {
    bytes += name.length + value.length;
    if (!isToken(name) || !isFieldValue(value)) return `the field ${JSON.stringify(name)}`;
    switch (name.toLowerCase()) {
      case "content-length":
        lengths += 1;
        if (!/^\d{1,15}$/.test(value)) return `the length ${JSON.stringify(value)}`;
        break;
      case "transfer-encoding":
        codings += 1;
        // RFC 9112 §6.1: none but this one was asked for, or could be undone.
        if (value.toLowerCase() !== "chunked") return `the coding ${JSON.stringify(value)}`;
    }
  }
  if (bytes > headerBytesMax) return `a header of ${bytes} bytes`;
  // RFC 9112 §6.3: what others might cut elsewhere.
  return lengths + codings > 1 ? "its length is said more than once" : undefined;
}

/** What is wrong with a change of the protocol: it must be to the one that was offered (RFC 9110 §7.8). */
export function changeFault(
  fields: readonly Field[],
  offered: string | undefined,
): string | undefined {
  const protocol = fieldValues(fields, "upgrade").join();
  return offered !== undefined && protocol.toLowerCase() === offered.toLowerCase()
    ? undefined
    : `a change to the protocol ${JSON.stringify(protocol)}`;
}
