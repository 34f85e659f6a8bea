/** Requests to backends as a port: who implements it knows addresses, connections, retries; guests know names. */

import type { ByteSource } from "@skerry/base";
import type { Field, HttpResponse } from "@skerry/http";

/** A request to a backend. It was checked: nothing in it can be taken for more than one request. */
export interface Subrequest {
  readonly method: string;
  /** Origin-form: a path that begins with a slash, and perhaps a query (RFC 9112 §3.2.1). */
  readonly target: string;
  /** Without those of one connection. `host` is among them only where the guest may choose it. */
  readonly fields: readonly Field[];
  /** Where there is one; its read rejects where the guest gives up in the middle of it. */
  readonly body: ByteSource | undefined;
  /** Its length, where that is known. */
  readonly bodyBytes: number | undefined;
}

/** Why a backend has not answered. */
export type SubrequestFailure =
  /** Its address is one that guests may not reach. */
  | "forbidden"
  /** Its name has no address. */
  | "unresolved"
  /** Nobody takes connections there, or not with a certificate that holds. */
  | "unreachable"
  /** It took too long. */
  | "timeout"
  /** The connection broke. */
  | "reset"
  /** What it answers is not HTTP. */
  | "malformed"
  /** It is known to be unwell, or has too much to do. */
  | "unavailable";

export type SubrequestOutcome =
  | { readonly kind: "response"; readonly response: HttpResponse }
  | { readonly kind: "failed"; readonly why: SubrequestFailure };

/** The backends of one service. */
export interface Subrequests {
  /** Whether there is a backend of this name. */
  has(backend: string): boolean;
  /**
   * Sends a request. It never rejects, and it lets go of everything when the signal is aborted, the response's body
   * included; a body that breaks off throws. The request's body is read to its end also where the backend answers
   * before that or takes no more: the guest that writes it would wait for ever.
   */
  send(backend: string, request: Subrequest, signal: AbortSignal): Promise<SubrequestOutcome>;
}

/** No backends at all. */
export const noSubrequests: Subrequests = {
  has: () => false,
  send: () => Promise.resolve({ kind: "failed", why: "unreachable" }),
};
