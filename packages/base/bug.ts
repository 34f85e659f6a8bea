/** Failures that are ours: a broken invariant ends the work at hand and is counted, never hidden. */

/** Thrown by {@link bug}. Nothing but the outermost boundary of a request or a command catches it. */
export class BugError extends Error {
  override readonly name = "BugError";
}

/**
 * Says that Skerry itself is wrong.
 *
 * @param message which invariant does not hold
 */
export function bug(message: string): never {
  throw new BugError(`bug in Skerry: ${message}`);
}
