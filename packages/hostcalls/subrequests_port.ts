/** Requests to backends as a port: who implements it knows addresses, connections, retries; guests know names. */

import type { GuestFailure, GuestOutcome, GuestRequest } from "@skerry/egress";

/** What a guest wants of the cache between it and its backends. What is left out is as the response says. */
export interface SubrequestCaching {
  /** Nothing that is kept answers it, and nothing is kept of it. */
  readonly passes?: boolean;
  /** How long the response is fresh, where it may be kept at all; in milliseconds. */
  readonly lifetimeMs?: number;
  readonly staleWhileRevalidateMs?: number;
  /** Beside those that the response has. */
  readonly surrogateKeys?: readonly string[];
}

/** `host` is among its fields only where the guest may choose it. */
export interface Subrequest extends GuestRequest {
  readonly caching?: SubrequestCaching;
}

export type SubrequestFailure = GuestFailure;
export type SubrequestOutcome = GuestOutcome;

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
