/**
 * One client's connection: its requests are read and answered one after another, in their order.
 *
 * What always holds: no request is begun before the response to the one before it is out; nothing is taken for a
 * request that does not stand where one must begin; a refusal never stands within another response; every wait
 * for the client has an end.
 */

import { BugError } from "@skerry/base";
import type { HttpRequest } from "@skerry/http";
import type { Duplex } from "../sockets/sockets.ts";
import { ConnectionTunnel } from "./connection_tunnel.ts";
import { Exchange, type Sequel, type Wire } from "./exchange.ts";
import type { Exchanges, Peer, ServedConnection } from "./exchanges.ts";
import { Input } from "./input.ts";
import { Output } from "./output.ts";
import { impatient, Patience } from "./patience.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import type { RequestHead } from "./request_head.ts";
import { RequestHeads } from "./request_heads.ts";
import { responseHead } from "./response_head.ts";

/** Where a connection is: between requests, at one, behind its last, in another protocol, or nowhere. */
type Phase = "waiting" | "answering" | "ending" | "tunnelling" | "closed";

/** Serves a connection until either side ends it. */
export class Connection implements ServedConnection, Wire {
  /** Resolves, never rejects, when the connection is closed and nothing reads it any more. */
  readonly closed: Promise<unknown>;
  readonly peer: Peer;
  readonly exchanges: Exchanges;
  readonly input: Input;
  readonly output: Output;
  readonly #duplex: Duplex;
  readonly scheme: HttpRequest["scheme"];
  readonly #heads: RequestHeads;
  readonly #closing = Promise.withResolvers<void>();
  #phase: Phase = "waiting";
  readonly #patience: Patience;
  #isHeadBegun = false;
  /** How many requests may still come. */
  #exchangesLeft: number;
  /** The one that is under way. */
  #exchange: Exchange | undefined;
  #tunnel: ConnectionTunnel | undefined;

  constructor(
    duplex: Duplex,
    peer: Peer,
    exchanges: Exchanges,
    scheme: HttpRequest["scheme"] = "http",
  ) {
    const { headerBytesMax } = exchanges.limits;
    this.#duplex = duplex;
    this.peer = peer;
    this.scheme = scheme;
    this.exchanges = exchanges;
    this.#exchangesLeft = exchanges.limits.requestsPerConnectionMax;
    this.#heads = new RequestHeads(headerBytesMax, exchanges.heads);
    this.output = new Output(duplex);
    this.input = new Input(duplex, headerBytesMax, () => this.#arrived());
    this.#patience = new Patience(exchanges.limits, this.input, this.output);
    this.closed = Promise.all([this.#closing.promise, this.input.finished]);
  }

  /** Ends a connection whose client has let its time pass. To be called every now and then. */
  checkTime(nowMs: number): void {
    if (this.#tunnel?.isIdle(nowMs)) return this.close();
    // The time of a client that waits to be told to send begins when it is.
    if (this.#exchange?.isBodyWithheld === true) {
      this.#patience.expect(this.exchanges.limits.receiveWallMsMax);
    }
    const lost = this.#patience.lost(nowMs, this.#owed());
    if (lost === undefined) return;
    const refusal = impatient[lost];
    const isSilent = this.#is("waiting") && this.input.buffer.length === 0;
    // Nobody asked for anything, or everybody has had their answer.
    if (isSilent || this.#is("ending")) return this.close();
    if (lost !== "taking" && !this.#isResponding) return void this.refuse(refusal);
    this.exchanges.onRefused(refusal, this.peer);
    this.close();
  }

  /**
   * Ends the connection, after the response that is under way if there is one. A client whom none is due is given a
   * moment: its next request may be on the way, and would be lost.
   */
  closeSoon(): void {
    if (this.#is("waiting")) this.#patience.expect(this.exchanges.limits.lastRequestWallMsMax);
  }

  /** Cuts the connection off. */
  close(): void {
    if (this.#is("closed")) return;
    this.#phase = "closed";
    this.#duplex.close();
    this.input.stop();
    this.#exchange?.abandon();
    this.#tunnel?.close();
    this.#closing.resolve();
  }

  /** What it is the client's turn to send. */
  #owed(): "nothing" | "body" | "other" {
    if (this.#is("tunnelling")) return "nothing";
    if (!this.#is("answering")) return "other";
    // A body that has arrived, or that waits for us to read on, is no longer the client's to hurry with.
    return this.#exchange?.isBodyAwaited === true ? "body" : "nothing";
  }

  #arrived(): void {
    if (this.#is("waiting")) this.#begin();
    else if (this.input.ended) this.#exchange?.hangUp();
  }

  /** Begins with the next request, where it is here, and with those behind it that can be answered at once. */
  #begin(): void {
    while (this.#is("waiting")) {
      const head = this.#nextHead();
      if (isRefusal(head)) return void this.refuse(head);
      if (head === undefined) return this.input.ended ? this.close() : this.input.want();
      this.#answer(head);
    }
  }

  #nextHead(): RequestHead | Refusal | undefined {
    const head = this.#heads.next(this.input.buffer);
    if (head === undefined && !this.#isHeadBegun && this.input.buffer.length > 0) {
      this.#isHeadBegun = true;
      if (this.exchanges.isClosing) return undefined;
      this.#patience.expect(this.exchanges.limits.headerWallMsMax);
    }
    return head;
  }

  /** Answers a request. Where that takes time, goes on to what follows it afterwards. */
  #answer(head: RequestHead): void {
    this.#phase = "answering";
    this.#exchangesLeft -= 1;
    this.#isHeadBegun = false;
    this.#patience.beginExchange(head.bodyLength !== 0);
    const exchange = this.#exchange = new Exchange(head, this);
    try {
      const sequel = exchange.answer(this.#exchangesLeft > 0);
      if (!(sequel instanceof Promise)) return this.#answered(sequel);
      void sequel.catch((error) => this.#broken(exchange, error)).then((sequel) => {
        this.#answered(sequel);
        this.#begin();
      });
    } catch (error) {
      this.#answered(this.#broken(exchange, error));
    }
  }

  /** The response is cut off and cannot be mended: the client must see that it is not whole. */
  #broken({ isResponseBegun }: Exchange, error: unknown): Sequel {
    // Once it has begun, it is most often its origin that breaks off, or the client.
    if (!isResponseBegun || error instanceof BugError) this.exchanges.onFault(error);
    this.close();
    return "none";
  }

  #answered(sequel: Sequel): void {
    this.#patience.endExchange();
    // The body may have proved to be malformed, or the time have passed.
    if (!this.#is("answering")) return;
    if (sequel === "next") this.#goOn();
    else if (typeof sequel === "object") this.#handOver(sequel.takeOver);
    else void this.#end();
  }

  #goOn(): void {
    if (this.exchanges.isClosing) return this.close();
    this.#exchange = undefined;
    this.#phase = "waiting";
    this.#patience.expect(this.exchanges.limits.connectionIdleMsMax);
  }

  /** From now on the connection is its handler's. */
  #handOver(takeOver: (tunnel: ConnectionTunnel) => void): void {
    this.#exchange = undefined;
    this.#phase = "tunnelling";
    this.#tunnel = new ConnectionTunnel(this.#duplex, this.input, this.output, {
      idleMsMax: this.exchanges.limits.tunnelIdleMsMax,
      onEnd: () => this.close(),
    });
    try {
      takeOver(this.#tunnel);
    } catch (error) {
      this.exchanges.onFault(error);
      this.close();
    }
  }

  /** Whether a response has begun, within which nothing else may stand. */
  get #isResponding(): boolean {
    return this.#exchange?.isResponseBegun === true;
  }

  /** Refuses what has arrived, and whatever may follow it. Only where no response is under way. */
  async refuse(refusal: Refusal): Promise<void> {
    if (this.#is("ending") || this.#is("closed")) return;
    this.#phase = "ending";
    this.#patience.expect(this.exchanges.limits.lingerWallMsMax);
    this.exchanges.onRefused(refusal, this.peer);
    this.#exchange?.abandon();
    await this.#exchange?.silence();
    const response = { status: refusal.status, fields: [], body: undefined };
    const { output, exchanges } = this;
    const head = responseHead(response, anyRequest, false, exchanges.date, output.scratch);
    await output.head(head).catch(() => {});
    await this.#end();
  }

  /**
   * Ends the connection after its last response. What the client still sends is dropped for a while, because
   * closing on it would reset the connection and might take the response along (RFC 9112 §9.6).
   */
  async #end(): Promise<void> {
    if (this.#is("closed")) return;
    this.#phase = "ending";
    const { lingerWallMsMax, discardBytesMax } = this.exchanges.limits;
    this.#patience.expect(lingerWallMsMax);
    // Over TLS this tells the client that what it has is whole.
    await this.#duplex.closeWrite().catch(() => {});
    if (this.input.buffer.length > 0 || this.#exchange?.isBodyWhole === false) {
      await this.input.discard(discardBytesMax);
    }
    this.close();
  }

  #is(phase: Phase): boolean {
    return this.#phase === phase;
  }
}

/** A refusal's head depends on nothing that was asked for. */
const anyRequest = { method: "GET", version: "1.1" } as const;
