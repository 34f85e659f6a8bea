/** Why a request is not taken, in HTTP's terms. */

/** What a client is told, and its operator. */
export interface Refusal {
  readonly status: 400 | 408 | 417 | 431 | 500 | 501 | 503 | 505;
  readonly why: string;
}

/** Tells a refusal from whatever else there may be in its place. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "why" in value;
}
