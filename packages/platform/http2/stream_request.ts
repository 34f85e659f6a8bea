/** A request of HTTP/2 as its handler sees it. */

import { allowedTrailers, type Field, type HttpRequest } from "@skerry/http";
import type { Peer } from "../http1/exchanges.ts";
import type { RequestBody } from "./request_body.ts";
import type { RequestHead } from "./request_head.ts";

/** What a request is told beside its head. */
export interface RequestSurroundings {
  readonly scheme: "http" | "https";
  readonly peer: Peer;
  readonly inform: (status: number, fields: readonly Field[]) => void;
}

/** A request that has arrived as far as its head. */
export class StreamRequest implements HttpRequest {
  readonly version = "2";
  readonly method: string;
  readonly target: string;
  readonly fields: readonly Field[];
  readonly body: RequestBody | undefined;
  readonly scheme: "http" | "https";
  readonly peer: Peer;
  readonly inform: (status: number, fields: readonly Field[]) => void;
  #trailers: readonly Field[] = [];
  #whenGone: (() => void) | undefined;
  #state: "under way" | "abandoned" | "answered" = "under way";

  constructor(
    { method, target, fields }: RequestHead,
    body: RequestBody | undefined,
    { scheme, peer, inform }: RequestSurroundings,
  ) {
    this.method = method;
    this.target = target;
    this.fields = fields;
    this.body = body;
    this.scheme = scheme;
    this.peer = peer;
    this.inform = inform;
  }

  trailers(): readonly Field[] {
    return this.body?.isRead ? this.#trailers : [];
  }

  whenGone(act: () => void): void {
    if (this.#state === "abandoned") act();
    else this.#whenGone = act;
  }

  /** The fields after its body have come. */
  trailed(trailers: readonly Field[]): void {
    this.#trailers = allowedTrailers(trailers);
  }

  /** Its client has its whole response. */
  answered(): void {
    if (this.#state === "under way") this.#state = "answered";
    this.#whenGone = undefined;
  }

  /** Nobody waits for the response. */
  abandon(): void {
    if (this.#state !== "under way") return;
    this.#state = "abandoned";
    this.#whenGone?.();
  }
}
