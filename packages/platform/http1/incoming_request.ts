/** A request as its handler sees it. */

import type { Field, HttpRequest } from "@skerry/http";
import type { Peer } from "./exchanges.ts";
import { Interims } from "./interims.ts";
import type { Output } from "./output.ts";
import type { RequestBody } from "./request_body.ts";
import type { RequestHead } from "./request_head.ts";

/** A request that has arrived as far as its head. */
export class IncomingRequest implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly scheme: HttpRequest["scheme"];
  readonly version: "1.0" | "1.1";
  readonly fields: readonly Field[];
  readonly body: RequestBody | undefined;
  readonly peer: Peer;
  #whenGone: (() => void) | undefined;
  #state: "under way" | "abandoned" | "answered" = "under way";

  constructor(
    head: RequestHead,
    body: RequestBody | undefined,
    peer: Peer,
    scheme: HttpRequest["scheme"],
  ) {
    this.method = head.method;
    this.target = head.target;
    this.version = head.version;
    this.fields = head.fields;
    this.body = body;
    this.peer = peer;
    this.scheme = scheme;
  }

  trailers(): readonly Field[] {
    return this.body?.trailers ?? [];
  }

  whenGone(act: () => void): void {
    if (this.#state === "abandoned") act();
    else this.#whenGone = act;
  }

  /** Has nothing more go ahead of the response, and resolves when what does is out; undefined where nothing does. */
  beginResponse(): Promise<void> | undefined {
    return undefined;
  }

  /** Its client has its whole response. */
  answered(): void {
    this.#state = "answered";
    this.#whenGone = undefined;
  }

  /** Nobody waits for the response any more. What has arrived of the body can still be read. */
  hangUp(): void {
    if (this.#state !== "under way") return;
    this.#state = "abandoned";
    this.#whenGone?.();
  }

  /** Nobody waits for the response, and no more of the body is taken. */
  abandon(): void {
    this.body?.breakOff();
    this.hangUp();
  }
}

/** A request whose client can take interim responses: RFC 9110 §15.2 keeps them from HTTP/1.0. */
export class InformableRequest extends IncomingRequest {
  readonly #output: Output;
  #interims: Interims | undefined;
  #isResponseBegun = false;

  constructor(
    head: RequestHead,
    body: RequestBody | undefined,
    peer: Peer,
    scheme: HttpRequest["scheme"],
    output: Output,
  ) {
    super(head, body, peer, scheme);
    this.#output = output;
    if (head.expectsContinue) body?.withhold(() => this.#send(100, []));
  }

  inform(status: number, fields: readonly Field[]): void {
    // The client is told to send its body when that is wanted, and once.
    if (status === 100) this.body?.demand();
    else this.#send(status, fields);
  }

  override beginResponse(): Promise<void> | undefined {
    this.#isResponseBegun = true;
    return this.#interims?.sent;
  }

  #send(status: number, fields: readonly Field[]): void {
    if (this.#isResponseBegun) return;
    this.#interims ??= new Interims(this.#output);
    this.#interims.send(status, fields);
  }
}
