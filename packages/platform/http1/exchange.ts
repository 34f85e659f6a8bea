/**
 * One request and its response, on a connection that is theirs alone until both are whole.
 *
 * What always holds: the response is sent once, whole or broken off, and nothing ahead of it once it has begun.
 */

import { type HttpRequest, type HttpResponse, offeredProtocols, type Tunnel } from "@skerry/http";
import type { Exchanges, Peer } from "./exchanges.ts";
import { IncomingRequest, InformableRequest } from "./incoming_request.ts";
import type { Input } from "./input.ts";
import type { Output } from "./output.ts";
import type { Refusal } from "./refusal.ts";
import { RequestBody } from "./request_body.ts";
import type { RequestHead } from "./request_head.ts";
import { type ResponseHead, responseHead } from "./response_head.ts";
import { switchingHead } from "./switching_head.ts";

/** The connection, as an exchange needs it. */
export interface Wire {
  readonly exchanges: Exchanges;
  readonly peer: Peer;
  readonly scheme: HttpRequest["scheme"];
  readonly input: Input;
  readonly output: Output;
  /** Refuses what has arrived, where no response has begun. */
  refuse(refusal: Refusal): void;
}

/** What may follow an exchange: another one, nothing, nothing that is ours to send, or another protocol. */
export type Sequel = "next" | "end" | "none" | { readonly takeOver: (tunnel: Tunnel) => void };

/** An exchange from its request's head on. */
export class Exchange {
  readonly #head: RequestHead;
  readonly #wire: Wire;
  readonly #request: IncomingRequest;
  #isResponseBegun = false;
  #isAbandoned = false;

  constructor(head: RequestHead, wire: Wire) {
    this.#head = head;
    this.#wire = wire;
    const { input, output, peer, scheme } = wire;
    const body = head.bodyLength === 0
      ? undefined
      : new RequestBody(input, head.bodyLength, (refusal) => this.#refuse(refusal));
    this.#request = head.version === "1.0"
      ? new IncomingRequest(head, body, peer, scheme)
      : new InformableRequest(head, body, peer, scheme, output);
  }

  get isResponseBegun(): boolean {
    return this.#isResponseBegun;
  }

  /** Whether it is the client's turn to send of the body. */
  get isBodyAwaited(): boolean {
    return this.#request.body?.isAwaited === true;
  }

  /** Whether the client waits to be told to send the body. */
  get isBodyWithheld(): boolean {
    return this.#request.body?.isWithheld === true;
  }

  /** Whether what follows on the connection is another request. */
  get isBodyWhole(): boolean {
    return this.#request.body?.isWhole !== false;
  }

  /**
   * Has the request answered and sends the response. Throws or rejects where that cannot be sent whole. What is answered
   * and sent at once promises nothing: a turn for each step would cost as much as a small response.
   *
   * @param mayFollow whether another exchange may follow, as far as the connection is concerned
   */
  answer(mayFollow: boolean): Sequel | Promise<Sequel> {
    let response: HttpResponse | Promise<HttpResponse>;
    try {
      response = this.#wire.exchanges.handle(this.#request);
    } catch (error) {
      response = this.#failed(error);
    }
    return response instanceof Promise
      ? this.#answerLater(response, mayFollow)
      : this.#respond(response, mayFollow);
  }

  async #answerLater(handled: Promise<HttpResponse>, mayFollow: boolean): Promise<Sequel> {
    const response = await handled.catch((error) => this.#failed(error));
    return await this.#respond(response, mayFollow);
  }

  #failed(error: unknown): HttpResponse {
    this.#wire.exchanges.onFault(error);
    return failure;
  }

  #respond(response: HttpResponse, mayFollow: boolean): Sequel | Promise<Sequel> {
    const interims = this.#request.beginResponse();
    return interims === undefined
      ? this.#send(response, mayFollow)
      : interims.then(() => this.#send(response, mayFollow));
  }

  #send(response: HttpResponse, mayFollow: boolean): Sequel | Promise<Sequel> {
    if (this.#isAbandoned) return "none";
    if (response.takeOver !== undefined) return this.#switch(response, response.takeOver);
    const { exchanges, output } = this.#wire;
    const head = this.#head;
    // RFC 9110 §10.1.1: a client that was not told to send its body may do so or not.
    const mayGoOn = mayFollow && head.keepAlive && !this.isBodyWithheld && !exchanges.isClosing &&
      response !== failure;
    const outgoing = responseHead(response, head, mayGoOn, exchanges.date, output.scratch);
    this.#isResponseBegun = true;
    // RFC 9110 §6.5.1: a client that has not said that it takes trailers may drop them, or be confused by them.
    const trailers = head.takesTrailers ? response.trailers : undefined;
    const sending = output.send(outgoing, response.body, trailers);
    return sending instanceof Promise
      ? sending.then(() => this.#sent(outgoing))
      : this.#sent(outgoing);
  }

  /** What may follow a response that is out. */
  #sent({ keepAlive }: ResponseHead): Sequel | Promise<Sequel> {
    this.#request.answered();
    if (!keepAlive) return "end";
    const { body } = this.#request;
    if (body === undefined) return "next";
    return body.discard(this.#wire.exchanges.limits.discardBytesMax)
      .then((isWhole) => isWhole ? "next" : "end");
  }

  /** Sends the response after which the connection is the handler's. */
  async #switch(response: HttpResponse, takeOver: (tunnel: Tunnel) => void): Promise<Sequel> {
    const head = switchingHead(response, offeredProtocols(this.#request));
    this.#isResponseBegun = true;
    await this.#wire.output.text(head);
    this.#request.answered();
    return { takeOver };
  }

  /** The client will send no more: most probably it is gone. */
  hangUp(): void {
    this.#request.hangUp();
  }

  /** Nobody waits for the response any more, and no more of the body is taken. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#request.abandon();
  }

  /** Resolves when nothing is being sent ahead of the response; nothing will be. */
  async silence(): Promise<void> {
    await this.#request.beginResponse();
  }

  #refuse(refusal: Refusal): void {
    const { exchanges, peer } = this.#wire;
    if (this.#isResponseBegun) exchanges.onRefused(refusal, peer);
    else this.#wire.refuse(refusal);
  }
}

/** What a client is told of a handler that threw. */
const failure: HttpResponse = { status: 500, fields: [], body: undefined };
