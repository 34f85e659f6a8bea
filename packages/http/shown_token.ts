/** The token that a request shows. */

import { type Field, fieldValues } from "./message.ts";

/**
 * `Authorization: Bearer` (RFC 6750 §2.1), or, where that is heeded, `Fastly-Key`. Undefined where there is none, or more
 * than one.
 */
export function shownToken(fields: readonly Field[], heedsFastlyKey: boolean): string | undefined {
  const authorizations = fieldValues(fields, "authorization");
  const keys = heedsFastlyKey ? fieldValues(fields, "fastly-key") : [];
  if (authorizations.length + keys.length !== 1) return undefined;
  const [key] = keys;
  if (key !== undefined) return /^\s*([^\s,]+)\s*$/.exec(key)?.[1];
  return /^Bearer +([^\s]+) *$/i.exec(authorizations[0] ?? "")?.[1];
}
