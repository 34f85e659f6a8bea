/** Requests to backends as a port: who implements it knows addresses, connections, retries; guests know names. */

import type { GuestFailure, GuestOutcome, GuestRequest } from "@skerry/egress";

/** `host` is among its fields only where the guest may choose it. */
export type Subrequest = GuestRequest;
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
