/** What stands between a request and a backend's answer: a closed union, its statuses, and what clients are told. */

/** Why there is no answer, or no whole one. */
export type BackendFailureKind =
  /** It may not be connected to. */
  | "refused"
  | "dns"
  | "connect"
  | "tls"
  | "connect timeout"
  | "first byte timeout"
  | "between bytes timeout"
  | "total timeout"
  | "queue timeout"
  /** The connection broke. */
  | "reset"
  /** What came was no HTTP. */
  | "protocol"
  | "too large"
  | "circuit open"
  | "unhealthy"
  | "too many"
  /** The request cannot be sent: its fields are malformed, or its body broke off. */
  | "request"
  | "cancelled"
  | "closed";

/** A failure. */
export interface BackendFailure {
  readonly kind: BackendFailureKind;
  /** What a client is answered with. */
  readonly status: 502 | 503 | 504;
  /** For clients: names the backend, and never an address. */
  readonly why: string;
  /** For the log: addresses, and what the machine said. */
  readonly detail: string;
}

/** A failure before it is known whose it is. */
export interface NetworkFailure {
  readonly kind: BackendFailureKind;
  readonly detail: string;
}

/** RFC 9110 §15.6.3 to §15.6.5. */
const table: Readonly<Record<BackendFailureKind, readonly [502 | 503 | 504, string]>> = {
  "refused": [502, "has an address that is not allowed"],
  "dns": [502, "has a name that cannot be resolved"],
  "connect": [502, "cannot be connected to"],
  "tls": [502, "cannot be verified"],
  "connect timeout": [504, "took too long to connect to"],
  "first byte timeout": [504, "took too long to answer"],
  "between bytes timeout": [504, "took too long within its answer"],
  "total timeout": [504, "took too long altogether"],
  "queue timeout": [503, "is busy"],
  "reset": [502, "broke the connection"],
  "protocol": [502, "answered what is no HTTP response"],
  "too large": [502, "answered more than is allowed"],
  "circuit open": [503, "has failed too often, and is left alone for a while"],
  "unhealthy": [503, "does not answer its health request"],
  "too many": [503, "has too many requests under way"],
  "request": [502, "cannot be sent this request"],
  "cancelled": [503, "is no longer waited for"],
  "closed": [503, "is no longer in use"],
};

/** A failure of the backend of this name. */
export function backendFailure(
  backend: string,
  { kind, detail }: NetworkFailure,
): BackendFailure {
  const [status, what] = table[kind];
  return { kind, status, why: `the backend ${backend} ${what}`, detail };
}

/** A body that breaks off throws this. */
export class BackendError extends Error {
  override readonly name = "BackendError";
  readonly failure: BackendFailure;

  constructor(failure: BackendFailure) {
    super(failure.why);
    this.failure = failure;
  }
}
