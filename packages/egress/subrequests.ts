/** A backend as guests ask it: outcomes in the few words that they are told. */

import type { ByteSource } from "@skerry/base";
import type { Field, HttpResponse } from "@skerry/http";
import type { Backend } from "./backend.ts";
import type { BackendFailure, BackendFailureKind } from "./failure.ts";
import { withoutConnection } from "./forward_fields.ts";

/** A request to a backend. It was checked: nothing in it can be taken for more than one request. */
export interface GuestRequest {
  readonly method: string;
  /** Origin-form: a path that begins with a slash, and perhaps a query (RFC 9112 §3.2.1). */
  readonly target: string;
  /** Without those of one connection. `Host` is the backend's own, whatever is here. */
  readonly fields: readonly Field[];
  /** Where there is one; its read rejects where the guest gives up in the middle of it. */
  readonly body: ByteSource | undefined;
  /** Its length, where that is known. */
  readonly bodyBytes: number | undefined;
}

/** Why a backend has not answered. */
export type GuestFailure =
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

/** What a guest is told. */
export type GuestOutcome =
  | { readonly kind: "response"; readonly response: HttpResponse }
  | { readonly kind: "failed"; readonly why: GuestFailure };

/**
 * Asks a backend on behalf of a guest. Never rejects; the signal lets go of everything, the response's body included.
 *
 * @param onFailure for the log
 */
export async function askBackend(
  backend: Backend,
  { method, target, fields, body, bodyBytes }: GuestRequest,
  signal: AbortSignal,
  onFailure: (failure: BackendFailure) => void = () => {},
): Promise<GuestOutcome> {
  const length: Field[] = bodyBytes === undefined ? [] : [["content-length", String(bodyBytes)]];
  const others = fields.filter(([name]) => name.toLowerCase() !== "content-length");
  const answer = await backend.send(
    { method, target, fields: [...others, ...length], body, wantsTrailers: false },
    signal,
  );
  if (!answer.ok) {
    onFailure(answer.error);
    return { kind: "failed", why: guestFailure(answer.error.kind) };
  }
  const { status, fields: found, body: pieces, trailers } = answer.value;
  const response = { status, fields: withoutConnection(found), body: pieces, trailers };
  return { kind: "response", response };
}

function guestFailure(kind: BackendFailureKind): GuestFailure {
  switch (kind) {
    case "refused":
      return "forbidden";
    case "dns":
      return "unresolved";
    case "connect":
    case "tls":
      return "unreachable";
    case "connect timeout":
    case "first byte timeout":
    case "between bytes timeout":
    case "total timeout":
      return "timeout";
    case "reset":
    case "request":
    case "cancelled":
      return "reset";
    case "protocol":
    case "too large":
      return "malformed";
    case "queue timeout":
    case "circuit open":
    case "unhealthy":
    case "too many":
    case "closed":
      return "unavailable";
  }
}
