/**
 * One client's connection: its requests are read and answered one after another, in their order.
 *
 * What always holds: no request is begun before the response to the one before it is out; nothing is taken for a
 * request that does not stand where one must begin; a refusal never stands within another response; every wait
 * for the client has an end.
 */

import { type HttpRequest, type HttpResponse, offeredProtocols } from "@skerry/http";
import type { Duplex } from "../sockets/sockets.ts";
import type { BodyLength } from "./body_length.ts";
import { ConnectionTunnel } from "./connection_tunnel.ts";
import type { Exchanges, Peer, ServedConnection } from "./exchanges.ts";
import { HeadReader } from "./head_reader.ts";
import { IncomingRequest, InformableRequest } from "./incoming_request.ts";
import { Input } from "./input.ts";
import { Output } from "./output.ts";
import { impatient, Patience } from "./patience.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import { RequestBody } from "./request_body.ts";
import { parseRequestHead, type RequestHead } from "./request_head.ts";
import { responseHead } from "./response_head.ts";
import { switchingHead } from "./switching_head.ts";

/** Where a connection is: between requests, at one, behind its last, in another protocol, or nowhere. */
type Phase = "waiting" | "answering" | "ending" | "tunnelling" | "closed";

/** Serves a connection until either side ends it. */
export class Connection implements ServedConnection {
  /** Resolves, never rejects, when the connection is closed and nothing reads it any more. */
  readonly closed: Promise<unknown>;
  readonly #duplex: Duplex;
  readonly #peer: Peer;
  readonly #scheme: HttpRequest["scheme"];
  readonly #exchanges: Exchanges;
  readonly #input: Input;
  readonly #output: Output;
  readonly #heads: HeadReader;
  readonly #closing = Promise.withResolvers<void>();
  #phase: Phase = "waiting";
  readonly #patience: Patience;
  #isHeadBegun = false;
  /** How many requests may still come. */
  #exchangesLeft: number;
  /** The request that is being answered. */
  #request: IncomingRequest | undefined;
  #isResponseBegun = false;
  #tunnel: ConnectionTunnel | undefined;

  constructor(
    duplex: Duplex,
    peer: Peer,
    exchanges: Exchanges,
    scheme: HttpRequest["scheme"] = "http",
  ) {
    const { headerBytesMax } = exchanges.limits;
    this.#duplex = duplex;
    this.#peer = peer;
    this.#scheme = scheme;
    this.#exchanges = exchanges;
    this.#exchangesLeft = exchanges.limits.requestsPerConnectionMax;
    this.#heads = new HeadReader(headerBytesMax);
    this.#output = new Output(duplex);
    this.#input = new Input(duplex, headerBytesMax, () => this.#arrived());
    this.#patience = new Patience(exchanges.limits, this.#input, this.#output);
    this.closed = Promise.all([this.#closing.promise, this.#input.finished]);
  }

  /** Ends a connection whose client has let its time pass. To be called every now and then. */
  checkTime(nowMs: number): void {
    if (this.#tunnel?.isIdle(nowMs)) return this.close();
    const lost = this.#patience.lost(nowMs, this.#owed());
    if (lost === undefined) return;
    const refusal = impatient[lost];
    const isSilent = this.#is("waiting") && this.#input.buffer.length === 0;
    // Nobody asked for anything, or everybody has had their answer.
    if (isSilent || this.#is("ending")) return this.close();
    if (lost !== "taking" && !this.#isResponseBegun) return void this.#refuse(refusal);
    this.#exchanges.onRefused(refusal, this.#peer);
    this.close();
  }

  /**
   * Ends the connection, after the response that is under way if there is one. A client that has begun to ask, or has
   * just come, is given a moment: its first request may be on the way.
   */
  closeSoon(): void {
    if (!this.#is("waiting")) return;
    if (
      this.#exchangesLeft === this.#exchanges.limits.requestsPerConnectionMax || this.#isHeadBegun
    ) {
      this.#patience.expect(this.#exchanges.limits.lastRequestWallMsMax);
    } else this.close();
  }

  /** Cuts the connection off. */
  close(): void {
    if (this.#is("closed")) return;
    this.#phase = "closed";
    this.#duplex.close();
    this.#input.stop();
    this.#request?.abandon();
    this.#tunnel?.close();
    this.#closing.resolve();
  }

  /** What it is the client's turn to send. */
  #owed(): "nothing" | "body" | "other" {
    if (this.#is("tunnelling")) return "nothing";
    if (!this.#is("answering")) return "other";
    // A body that has arrived, or that waits for us to read on, is no longer the client's to hurry with.
    return this.#request?.body?.isAwaited === true ? "body" : "nothing";
  }

  #arrived(): void {
    if (this.#is("waiting")) this.#begin();
    else if (this.#input.ended) this.#request?.hangUp();
  }

  /** Begins with the next request, where it is here. */
  #begin(): void {
    const head = this.#nextHead();
    if (isRefusal(head)) void this.#refuse(head);
    else if (head !== undefined) void this.#exchange(head);
    else if (this.#input.ended) this.close();
    else this.#input.want();
  }

  #nextHead(): RequestHead | Refusal | undefined {
    const { fieldsMax, headerWallMsMax } = this.#exchanges.limits;
    const text = this.#heads.next(this.#input.buffer);
    if (text === undefined && !this.#isHeadBegun && this.#input.buffer.length > 0) {
      this.#isHeadBegun = true;
      if (this.#exchanges.isClosing) return undefined;
      this.#patience.expect(headerWallMsMax);
    }
    return typeof text === "string" ? parseRequestHead(text, fieldsMax) : text;
  }

  /** Answers a request, and goes on to the next one. Never rejects. */
  async #exchange(head: RequestHead): Promise<void> {
    this.#phase = "answering";
    this.#exchangesLeft -= 1;
    this.#isHeadBegun = false;
    this.#isResponseBegun = false;
    const request = this.#requestOf(head);
    this.#request = request;
    let mayGoOn = false;
    try {
      mayGoOn = await this.#answer(head, request) && await this.#isRead(request);
    } catch (error) {
      if (!this.#isResponseBegun) this.#exchanges.onFault(error);
      // The response is cut off and cannot be mended: the client must see that it is not whole.
      this.close();
    }
    this.#patience.endExchange();
    // The body may have proved to be malformed, or the time have passed.
    if (!this.#is("answering")) return;
    if (!mayGoOn) return await this.#end();
    if (this.#exchanges.isClosing) return this.close();
    this.#request = undefined;
    this.#phase = "waiting";
    this.#isResponseBegun = false;
    this.#patience.expect(this.#exchanges.limits.connectionIdleMsMax);
    this.#begin();
  }

  /** Sends the response to a request; false where nothing may follow it. Throws where it cannot be finished. */
  async #answer(head: RequestHead, request: IncomingRequest): Promise<boolean> {
    let response: HttpResponse;
    try {
      response = await this.#exchanges.handle(request);
    } catch (error) {
      this.#exchanges.onFault(error);
      response = failure;
    }
    if (!this.#is("answering")) return false;
    const interims = request.beginResponse();
    if (interims !== undefined) await interims;
    if (!this.#is("answering")) return false;
    const { takeOver } = response;
    if (takeOver !== undefined) return await this.#handOver(response, takeOver, request);
    // RFC 9110 §10.1.1: a client that was not told to send its body may do so or not.
    const isWithheld = request.body?.isWithheld === true;
    const mayGoOn = head.keepAlive && !isWithheld && !this.#exchanges.isClosing &&
      this.#exchangesLeft > 0 && response !== failure;
    const outgoing = responseHead(response, head, mayGoOn, this.#exchanges.date);
    this.#isResponseBegun = true;
    // RFC 9110 §6.5.1: a client that has not said that it takes trailers may drop them, or be confused by them.
    const trailers = head.takesTrailers ? response.trailers : undefined;
    await this.#output.send(outgoing, response.body, trailers);
    request.answered();
    return outgoing.keepAlive;
  }

  /** Sends the response after which the connection is the handler's. Throws where it cannot be sent. */
  async #handOver(
    response: HttpResponse,
    takeOver: (tunnel: ConnectionTunnel) => void,
    request: IncomingRequest,
  ): Promise<false> {
    const head = switchingHead(response, offeredProtocols(request));
    this.#isResponseBegun = true;
    await this.#output.text(head);
    request.answered();
    if (!this.#is("answering")) return false;
    this.#phase = "tunnelling";
    this.#tunnel = new ConnectionTunnel(this.#duplex, this.#input, this.#output, {
      idleMsMax: this.#exchanges.limits.tunnelIdleMsMax,
      onEnd: () => this.close(),
    });
    try {
      takeOver(this.#tunnel);
    } catch (error) {
      this.#exchanges.onFault(error);
      this.close();
    }
    return false;
  }

  /** Whether the request's body was read to its end, or can be. */
  #isRead({ body }: IncomingRequest): boolean | Promise<boolean> {
    return body === undefined || body.discard(this.#exchanges.limits.discardBytesMax);
  }

  #requestOf(head: RequestHead): IncomingRequest {
    const hasBody = head.bodyLength !== 0;
    this.#patience.beginExchange(hasBody);
    const body = hasBody ? this.#bodyOf(head.bodyLength) : undefined;
    return head.version === "1.0"
      ? new IncomingRequest(head, body, this.#peer, this.#scheme)
      : new InformableRequest(head, body, this.#peer, this.#scheme, this.#output);
  }

  #bodyOf(length: BodyLength): RequestBody {
    return new RequestBody(this.#input, length, (refusal) => {
      if (this.#isResponseBegun) this.#exchanges.onRefused(refusal, this.#peer);
      else void this.#refuse(refusal);
    });
  }

  /** Refuses what has arrived, and whatever may follow it. Only where no response is under way. */
  async #refuse(refusal: Refusal): Promise<void> {
    if (this.#is("ending") || this.#is("closed")) return;
    this.#phase = "ending";
    this.#patience.expect(this.#exchanges.limits.lingerWallMsMax);
    this.#exchanges.onRefused(refusal, this.#peer);
    this.#request?.abandon();
    await this.#request?.beginResponse();
    const { text } = responseHead(
      bodiless(refusal.status),
      anyRequest,
      false,
      this.#exchanges.date,
    );
    await this.#output.text(text).catch(() => {});
    await this.#end();
  }

  /**
   * Ends the connection after its last response. What the client still sends is dropped for a while, because
   * closing on it would reset the connection and might take the response along (RFC 9112 §9.6).
   */
  async #end(): Promise<void> {
    if (this.#is("closed")) return;
    this.#phase = "ending";
    this.#isResponseBegun = true;
    const { lingerWallMsMax, discardBytesMax } = this.#exchanges.limits;
    this.#patience.expect(lingerWallMsMax);
    // Over TLS this tells the client that what it has is whole.
    await this.#duplex.closeWrite().catch(() => {});
    if (this.#input.buffer.length > 0 || this.#request?.body?.isWhole === false) {
      await this.#input.discard(discardBytesMax);
    }
    this.close();
  }

  #is(phase: Phase): boolean {
    return this.#phase === phase;
  }
}

/** What a client is told of a handler that threw. */
const failure = bodiless(500);

/** A refusal's head depends on nothing that was asked for. */
const anyRequest = { method: "GET", version: "1.1" } as const;

function bodiless(status: number): HttpResponse {
  return { status, fields: [], body: undefined };
}
