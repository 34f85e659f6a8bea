/** What a validation, or an answer to HEAD, says of what is kept (RFC 9111 §4.3.4, §4.3.5, §3.2). */

import {
  type Field,
  fieldValue,
  parseEntityTag,
  parseHttpDate,
  strongMatch,
  weakMatch,
} from "@skerry/http";
import type { Times } from "./freshness.ts";
import type { CacheRequest } from "./request.ts";
import type { CacheSettings } from "./settings.ts";
import type { ResponseHead } from "./obstacles.ts";
import { store, type Storing } from "./storable.ts";
import type { StoredResponse } from "./stored_response.ts";

/** What becomes of what is kept. */
export type Freshening =
  /** It takes the place of the stored one, with the same body; or is good for this request alone. */
  | { readonly kind: "freshened"; readonly head: ResponseHead; readonly storing: Storing }
  /** The answer speaks of another representation: it is asked for again, without conditions. */
  | { readonly kind: "mismatch" };

/**
 * Updates a stored response by the 304 that validated it.
 *
 * @param epoch the purge epoch when the validation went forward: what was purged since then stays so
 */
export function freshen(
  request: CacheRequest,
  stored: StoredResponse,
  notModified: readonly Field[],
  times: Times,
  epoch: number,
  settings: CacheSettings,
): Freshening {
  if (!isOf(stored, notModified, times)) return { kind: "mismatch" };
  const head = { status: stored.status, fields: merged(stored.fields, notModified) };
  const get: CacheRequest = { ...request, method: "GET" };
  return { kind: "freshened", head, storing: store(get, head, times, epoch, settings) };
}

/**
 * What an answer to HEAD says of a stored response to GET (§4.3.5): freshened where validators and length agree, else it is
 * to be taken for stale.
 */
export function freshenByHead(
  request: CacheRequest,
  stored: StoredResponse,
  bodyBytes: number,
  response: ResponseHead,
  times: Times,
  epoch: number,
  settings: CacheSettings,
): Freshening {
  const length = fieldValue(response.fields, "content-length");
  const isSame = response.status === stored.status && isOf(stored, response.fields, times) &&
    (length === undefined || length === String(bodyBytes));
  return isSame
    ? freshen(request, stored, response.fields, times, epoch, settings)
    : { kind: "mismatch" };
}

/** §4.3.4: a strong validator names its own; a weak one what matches; without any, what has none either. */
function isOf({ validators }: StoredResponse, fields: readonly Field[], times: Times): boolean {
  const written = fieldValue(fields, "etag");
  if (written !== undefined) {
    const tag = parseEntityTag(written);
    // What is no entity tag tells nothing apart: it was compared by the origin, by its own text.
    if (tag === undefined || validators.etag === undefined) return validators.etag === undefined;
    return tag.isWeak ? weakMatch(tag, validators.etag) : strongMatch(tag, validators.etag);
  }
  const lastModified = fieldValue(fields, "last-modified");
  if (lastModified === undefined) return true;
  const modifiedMs = parseHttpDate(lastModified, times.responseMs);
  return validators.lastModifiedMs === undefined || modifiedMs === validators.lastModifiedMs;
}

/** RFC 9111 §3.2: each field of the update replaces those of its name, but for what the stored body depends upon. */
function merged(stored: readonly Field[], update: readonly Field[]): readonly Field[] {
  const changes = update.filter(([name]) => !ofBody.has(name.toLowerCase()));
  const names = new Set(changes.map(([name]) => name.toLowerCase()));
  // A response that came without a date is from when it came, not from when the stored one was made.
  names.add("date");
  return [...stored.filter(([name]) => !names.has(name.toLowerCase())), ...changes];
}

/** §3.2: fields whose change would belie the bytes that are kept. */
const ofBody: ReadonlySet<string> = new Set([
  "content-encoding",
  "content-length",
  "content-range",
  "transfer-encoding",
]);
