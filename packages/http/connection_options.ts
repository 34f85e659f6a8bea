/** `Connection` (RFC 9110 §7.6.1): which fields of a message are for the other end of this connection alone. */

import { listMembers } from "./list_members.ts";
import { type Field, fieldValues } from "./message.ts";

/** The names that it has, in lower case: fields, and options such as `close`. */
export function connectionOptions(fields: readonly Field[]): ReadonlySet<string> {
  const values = fieldValues(fields, "connection");
  if (values.length === 0) return none;
  return new Set(values.flatMap(listMembers).map((option) => option.toLowerCase()));
}

const none: ReadonlySet<string> = new Set();
