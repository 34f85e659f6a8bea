/**
 * What is refused, and why: a closed table of codes. Refusals are thrown, so that the transaction they come up in is
 * undone; the admin API makes answers of them (RFC 9457).
 */

import type { Diagnostic } from "@skerry/base";

/** Every reason, with the HTTP status and the title that it is answered with. */
export const refusalTable = {
  SKERRY_REQUEST_INVALID: [400, "The request is not as it must be"],
  SKERRY_TOKEN_REFUSED: [401, "A token that is valid is needed"],
  SKERRY_SCOPE_MISSING: [403, "The token does not allow this"],
  SKERRY_OPERATOR_NEEDED: [403, "Only an operator may do this"],
  SKERRY_QUOTA_USED_UP: [403, "The tenant has as many as it may"],
  SKERRY_NOT_FOUND: [404, "There is no such thing"],
  SKERRY_METHOD_REFUSED: [405, "The resource does not have this method"],
  SKERRY_STATE_CONFLICT: [409, "The present state does not allow this"],
  SKERRY_HOST_TAKEN: [409, "A host or route belongs to somebody else"],
  SKERRY_LENGTH_MISSING: [411, "The length of the body must be told"],
  SKERRY_REVISION_CHANGED: [412, "Somebody else has changed it meanwhile"],
  SKERRY_BODY_TOO_LARGE: [413, "The body is too large"],
  SKERRY_MEDIA_TYPE_REFUSED: [415, "The body is of another type than is taken"],
  SKERRY_VERSION_FAILED: [422, "The version cannot be served"],
  SKERRY_TOO_MANY: [429, "Too many at once"],
  SKERRY_NODE_UNAVAILABLE: [503, "The node cannot do this now"],
} as const satisfies Record<string, readonly [status: number, title: string]>;

/** A key of {@link refusalTable}. */
export type RefusalCode = keyof typeof refusalTable;

/** A mistake and where it stands, as a path into the JSON that was sent: `routes/0/host`. */
export interface Mistake {
  readonly path: string;
  readonly message: string;
}

/** What a refusal may add. */
export interface RefusalDetails {
  readonly mistakes?: readonly Mistake[];
  /** What a program's preparation has found. */
  readonly diagnostics?: readonly Diagnostic[];
  readonly version?: number;
  readonly retryAfterMs?: number;
  /** The methods that a resource has. */
  readonly allow?: readonly string[];
}

/** A refusal. `message` says what is wrong, in words that may be shown to whoever asked. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  readonly details: RefusalDetails;

  constructor(code: RefusalCode, message: string, details: RefusalDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** A thing that is not there, or that who asks may not know of. */
export function notFound(what: string): Refusal {
  return new Refusal("SKERRY_NOT_FOUND", `there is no ${what}`);
}

/** One mistake in what was sent. */
export function mistaken(path: string, message: string): Refusal {
  return refusalOf([{ path, message }]);
}

/** Throws a refusal that names mistakes, where there are any. */
export function refuseMistakes(mistakes: readonly Mistake[]): void {
  if (mistakes.length > 0) throw refusalOf(mistakes);
}

/** Mistakes in what was sent. */
export function refusalOf(mistakes: readonly Mistake[]): Refusal {
  const many = mistakes.length === 1 ? "is a mistake" : `are ${mistakes.length} mistakes`;
  return new Refusal("SKERRY_REQUEST_INVALID", `there ${many} in what was sent`, { mistakes });
}
