/** What the functions of `skerry_kv` answer. docs/hostcalls.md tells the same (a test compares them). */

/** Each answer by its name; the index is the number. */
export const keyValueStatuses = [
  "OK",
  "NOT_FOUND",
  "CONFLICT",
  "TOO_SMALL",
  "TOO_LARGE",
  "OVER_BUDGET",
  "BUSY",
  "FAILED",
  "INVALID",
  "FAULT",
] as const;

/** A name out of {@link keyValueStatuses}. */
export type KeyValueStatus = typeof keyValueStatuses[number];

/** The number of an answer. */
export function statusOf(name: KeyValueStatus): number {
  return keyValueStatuses.indexOf(name);
}

/** Thrown where a call cannot be done as it was asked for; the guest is told the status. */
export class KeyValueRefusal extends Error {
  override readonly name = "KeyValueRefusal";
  readonly status: KeyValueStatus;

  constructor(status: KeyValueStatus) {
    super(status);
    this.status = status;
  }
}

/** Ends the call under way with this status. */
export function refuse(status: KeyValueStatus): never {
  throw new KeyValueRefusal(status);
}
