/** A request as its handler sees it. */

import type { Field, HttpRequest } from "@skerry/http";
import type { Peer } from "./exchanges.ts";
import type { RequestBody } from "./request_body.ts";
import type { RequestHead } from "./request_head.ts";

/** A request that has arrived as far as its head. */
export class IncomingRequest implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly scheme = "http";
  readonly fields: readonly Field[];
  readonly body: RequestBody | undefined;
  readonly peer: Peer;
  /** Made when it is asked for: few look at it while there is nothing to see. */
  #controller: AbortController | undefined;
  #state: "under way" | "abandoned" | "answered" = "under way";

  constructor({ method, target, fields }: RequestHead, body: RequestBody | undefined, peer: Peer) {
    this.method = method;
    this.target = target;
    this.fields = fields;
    this.body = body;
    this.peer = peer;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#state === "abandoned") this.#controller.abort(clientGone);
    return this.#controller.signal;
  }

  /** Its client has its whole response. */
  answered(): void {
    this.#state = "answered";
  }

  /** Nobody waits for the response any more. What has arrived of the body can still be read. */
  hangUp(): void {
    if (this.#state !== "under way") return;
    this.#state = "abandoned";
    this.#controller?.abort(clientGone);
  }

  /** Nobody waits for the response, and no more of the body is taken. */
  abandon(): void {
    this.body?.breakOff();
    this.hangUp();
  }
}

/** Why a signal is aborted: one value for all, because making an exception for each costs a stack trace. */
const clientGone = new Error("the client is gone");
