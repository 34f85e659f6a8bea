/** What the connections of a server share. */

import type { HttpRequest, HttpResponse } from "@skerry/http";
import type { ListenLimits } from "../listen_limits.ts";
import type { Refusal } from "./refusal.ts";
import type { SeenHeads } from "./seen_heads.ts";

/** The other end of a connection. */
export type Peer = HttpRequest["peer"];

/** A server, as each of its connections sees it. */
export interface Exchanges {
  readonly limits: ListenLimits;
  /** Reads heads of HTTP/1.1. */
  readonly heads: SeenHeads;
  /** Answers a request. */
  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse>;
  /** Told of what {@link handle} throws, and of a mistake of ours that ends a response which has begun. */
  onFault(error: unknown): void;
  /** Told of what never became a request, or proved to be none. */
  onRefused(refusal: Refusal, peer: Peer): void;
  /** Whether each response is to be its connection's last. */
  readonly isClosing: boolean;
  /** Now, for the field `Date`. */
  readonly date: string;
}

/** A client's connection, as its server sees it. */
export interface ServedConnection {
  /** Resolves, never rejects, when the connection is closed and nothing reads it any more. */
  readonly closed: Promise<unknown>;
  /** Ends a connection whose client has let its time pass. To be called every now and then. */
  checkTime(nowMs: number): void;
  /** Ends the connection, after what is under way if there is any. */
  closeSoon(): void;
  /** Cuts the connection off. Harmless when done twice. */
  close(): void;
}
