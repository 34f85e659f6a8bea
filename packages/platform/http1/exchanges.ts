/** What the connections of a server share. */

import type { HttpRequest, HttpResponse } from "@skerry/http";
import type { ListenLimits } from "../listen_limits.ts";
import type { Refusal } from "./refusal.ts";

/** The other end of a connection. */
export type Peer = HttpRequest["peer"];

/** A server, as each of its connections sees it. */
export interface Exchanges {
  readonly limits: ListenLimits;
  /** Answers a request. */
  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse>;
  /** Told of what {@link handle} throws. */
  onFault(error: unknown): void;
  /** Told of what never became a request, or proved to be none. */
  onRefused(refusal: Refusal, peer: Peer): void;
  /** Whether each response is to be its connection's last. */
  readonly isClosing: boolean;
  /** Now, for the field `Date`. */
  readonly date: string;
}
