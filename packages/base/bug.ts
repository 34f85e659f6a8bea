/** Failures that are ours: a broken invariant ends the work at hand and is reported, never hidden. */

/** Thrown by {@link bug}. It becomes a host fault of the request, or the end of the command. */
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
