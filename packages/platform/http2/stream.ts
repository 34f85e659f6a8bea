/**
 * One request and its response (RFC 9113 §5 and §8.1).
 *
 * What always holds: a response is sent as fast as its client takes it and no faster; after the last frame of either
 * side nothing of that side follows; every wait for the client has an end.
 */

import { BugError } from "@skerry/base";
import type { Field, HttpResponse } from "@skerry/http";
import { Deadline } from "../http1/deadline.ts";
import type { Exchanges, Peer } from "../http1/exchanges.ts";
import type { Refusal } from "../http1/refusal.ts";
import { unkeptLength } from "../http1/response_head.ts";
import type { FrameOutput } from "./frame_output.ts";
import {
  type ErrorCode,
  errorCode,
  type Fault,
  frameType,
  payloadBytesMax,
  streamFault,
} from "./frames.ts";
import type { Http2Limits } from "./http2_limits.ts";
import { RequestBody } from "./request_body.ts";
import { parseTrailers, type RequestHead } from "./request_head.ts";
import { interimFields, responseFields, trailerFields } from "./response_fields.ts";
import { StreamRequest } from "./stream_request.ts";
import { ReceiveWindow, SendWindow } from "./windows.ts";

/** A connection, as each of its streams sees it. */
export interface StreamHost {
  readonly exchanges: Exchanges;
  readonly limits: Http2Limits;
  readonly peer: Peer;
  readonly scheme: "http" | "https";
  readonly output: FrameOutput;
  /** What the client takes on all streams together. */
  readonly sendWindow: SendWindow;
  sendFields(streamId: number, fields: readonly Field[], isLast: boolean): void;
  /** Bytes of a body were sent. */
  sent(bytes: number): void;
  /** Bytes of a body were read, or will never be. */
  used(bytes: number): void;
  /** A request has its whole answer. */
  answered(): void;
  /** Nothing more of the stream is to be heard; what may still be on its way is to be ignored, if we ended it. */
  streamClosed(stream: Stream, by: "reset" | "end"): void;
}

/** A stream whose header has arrived. */
export class Stream {
  readonly id: number;
  readonly request: StreamRequest;
  readonly #host: StreamHost;
  readonly #expectsContinue: boolean;
  readonly #sendWindow: SendWindow;
  readonly #receiveWindow: ReceiveWindow;
  /** By when the body must have come. */
  readonly #receiveDeadline = new Deadline();
  /** Bytes of the body that are still to come, where the client said how many. */
  #bodyBytesLeft: number | undefined;
  #response: "none" | "begun" | "over" = "none";
  #informs = 0;
  /** Resolved when there may be room for more. */
  #opening: PromiseWithResolvers<void> | undefined;
  /** How long the client has let us wait since it last took a fair piece, and what it has taken since. */
  #stalledMs = 0;
  #takenBytes = 0;

  constructor(
    host: StreamHost,
    id: number,
    head: RequestHead,
    isWhole: boolean,
    sendWindowBytes: number,
  ) {
    this.id = id;
    this.#host = host;
    this.#sendWindow = new SendWindow(sendWindowBytes);
    this.#receiveWindow = new ReceiveWindow(host.limits.streamWindowBytes);
    this.#bodyBytesLeft = head.contentLength;
    this.#expectsContinue = head.expectsContinue && !isWhole;
    const body = isWhole ? undefined : new RequestBody((bytes) => this.#used(bytes));
    this.request = new StreamRequest(head, body, {
      scheme: host.scheme,
      peer: host.peer,
      inform: (status, fields) => this.#inform(status, fields),
    });
    this.#receiveDeadline.allow(isWhole ? Infinity : host.exchanges.limits.receiveWallMsMax);
  }

  /** Answers the request. Never rejects. */
  async run(): Promise<void> {
    const { exchanges } = this.#host;
    try {
      if (this.#expectsContinue) this.#inform(100, []);
      let response: HttpResponse;
      try {
        response = await exchanges.handle(this.request);
      } catch (error) {
        exchanges.onFault(error);
        response = failure;
      }
      await this.#respond(response);
    } catch (error) {
      // The response is cut off and cannot be mended: the client must see that it is not whole.
      if (error instanceof BugError) exchanges.onFault(error);
      this.reset(errorCode.internalError);
    }
  }

  /** A piece of the body has come; `frameBytes` with what surrounds it. */
  data(piece: Uint8Array<ArrayBuffer>, frameBytes: number, isLast: boolean): Fault | undefined {
    const { body } = this.request;
    const fault = this.#dataFault(piece.length, frameBytes);
    if (fault !== undefined || body === undefined) {
      this.#host.used(frameBytes);
      return fault;
    }
    body.add(piece);
    if (frameBytes > piece.length) this.#used(frameBytes - piece.length);
    return isLast ? this.#end(body) : undefined;
  }

  /** Fields after the body have come (§8.1). */
  trailers(fields: readonly Field[], isLast: boolean): Fault | undefined {
    const { body } = this.request;
    if (body === undefined || body.isWhole) return ended;
    if (!isLast) return streamFault(errorCode.protocolError, "there are fields amid a body");
    const trailers = parseTrailers(fields);
    if (typeof trailers === "string") return streamFault(errorCode.protocolError, trailers);
    this.request.trailed(trailers);
    return this.#end(body);
  }

  /** The client has room for more; false where it says that it has more than there can be. */
  opened(bytes: number): boolean {
    const isPossible = this.#sendWindow.grow(bytes);
    this.wake();
    return isPossible;
  }

  /** There may be room for more. */
  wake(): void {
    this.#opening?.resolve();
    this.#opening = undefined;
  }

  /** Ends it before its time. */
  reset(code: ErrorCode): void {
    if (this.#isOver()) return;
    this.#host.output.number(frameType.rstStream, this.id, code);
    this.#close("reset");
    this.request.abandon();
  }

  /** Its client has gone, or given it up. */
  abandon(): void {
    if (this.#isOver()) return;
    this.#close("end");
    this.request.abandon();
  }

  /** Answers what is not to be handled, or not any more. */
  refuse(refusal: Refusal): void {
    if (this.#response !== "none") return this.reset(errorCode.cancel);
    const { exchanges, peer } = this.#host;
    exchanges.onRefused(refusal, peer);
    this.#host.sendFields(this.id, [[":status", String(refusal.status)]], true);
    // Its handler hears of it, whose answer nobody waits for: what is answered, it would take for its own.
    this.request.abandon();
    this.#finish();
  }

  /** Ends what its client lets stand. To be called every now and then. */
  checkTime(nowMs: number, passedMs: number): void {
    if (this.#opening !== undefined) {
      this.#stalledMs += passedMs;
      const { sendStallWallMsMax } = this.#host.exchanges.limits;
      if (this.#stalledMs >= sendStallWallMsMax) return this.reset(errorCode.cancel);
    }
    if (this.#receiveDeadline.isPassed(nowMs) && this.request.body?.isAwaited) this.refuse(tooSlow);
  }

  #dataFault(bytes: number, frameBytes: number): Fault | undefined {
    const { body } = this.request;
    if (body === undefined || body.isWhole) return ended;
    if (!this.#receiveWindow.take(frameBytes)) return tooMuch;
    this.#bodyBytesLeft = this.#bodyBytesLeft === undefined
      ? undefined
      : this.#bodyBytesLeft - bytes;
    return (this.#bodyBytesLeft ?? 0) < 0 ? wrongLength : undefined;
  }

  #end(body: RequestBody): Fault | undefined {
    // §8.1.1: what is not as long as it said is malformed.
    if ((this.#bodyBytesLeft ?? 0) !== 0) return wrongLength;
    body.end();
    return undefined;
  }

  async #respond(response: HttpResponse): Promise<void> {
    if (this.#isOver()) return;
    const { output, exchanges } = this.#host;
    const head = responseFields(response, this.request.method, exchanges.date);
    if (!output.hasRoom) await output.turn();
    if (this.#isOver()) return;
    this.#response = "begun";
    this.#host.sendFields(this.id, head.fields, !head.hasBody);
    const { body } = response;
    if (!head.hasBody || body === undefined) return this.#finish();
    if (body instanceof Uint8Array) await this.#send(body, true);
    else {
      await this.#sendPieces(body, head.length);
      const trailers = trailerFields(response.trailers?.() ?? []);
      if (trailers.length === 0) await this.#send(nothing, true);
      else this.#host.sendFields(this.id, trailers, true);
    }
    this.#finish();
  }

  async #sendPieces(body: AsyncIterable<Uint8Array>, length: number | undefined): Promise<void> {
    let left = length ?? Infinity;
    for await (const piece of body) {
      left -= piece.length;
      if (left < 0) throw unkeptLength(length ?? 0);
      if (piece.length > 0) await this.#send(piece, false);
    }
    if (length !== undefined && left > 0) throw unkeptLength(length);
    if (this.#isOver()) throw over;
  }

  /** Sends bytes as there is room for them. Throws where the stream ends before. */
  async #send(bytes: Uint8Array, isLast: boolean): Promise<void> {
    const { output, sendWindow } = this.#host;
    let at = 0;
    let isOurTurn = false;
    while (!this.#isOver()) {
      const room = Math.min(payloadBytesMax, sendWindow.bytes, this.#sendWindow.bytes);
      const count = Math.min(Math.max(0, room), bytes.length - at);
      if (count === 0 && bytes.length > 0) {
        this.#opening = Promise.withResolvers();
        await this.#opening.promise;
      } else if (!isOurTurn && !output.hasRoom) {
        await output.turn();
        isOurTurn = true;
      } else {
        isOurTurn = false;
        const end = at + count;
        output.data(this.id, bytes.subarray(at, end), isLast && end === bytes.length);
        this.#spend(count);
        if (end === bytes.length) return;
        at = end;
      }
    }
    throw over;
  }

  #spend(bytes: number): void {
    this.#host.sendWindow.spend(bytes);
    this.#sendWindow.spend(bytes);
    this.#host.sent(bytes);
    this.#takenBytes += bytes;
    if (this.#takenBytes < this.#host.limits.stallBytesMin) return;
    this.#takenBytes = 0;
    this.#stalledMs = 0;
  }

  #inform(status: number, fields: readonly Field[]): void {
    const interim = interimFields(status, fields);
    this.#informs += 1;
    const { limits, output } = this.#host;
    if (this.#response !== "none" || this.#informs > limits.informsMax) return;
    // What says nothing of its own is not kept for a client that does not read (RFC 9110 §15.2 lets it be dropped).
    if (fields.length > 0 && !output.hasRoom) return;
    this.#host.sendFields(this.id, interim, false);
  }

  /** The whole response is out. */
  #finish(): void {
    if (this.#isOver()) return;
    this.request.answered();
    if (this.#response === "begun") this.#host.answered();
    const { body } = this.request;
    if (body === undefined || body.isWhole) return this.#close("end");
    // §8.1: the rest of the request is not wanted, and that is no error.
    this.#host.output.number(frameType.rstStream, this.id, errorCode.noError);
    this.#close("reset");
  }

  #close(by: "reset" | "end"): void {
    this.#response = "over";
    this.request.body?.breakOff();
    this.wake();
    this.#host.streamClosed(this, by);
  }

  #used(bytes: number): void {
    this.#host.used(bytes);
    const { body } = this.request;
    if (body === undefined || body.isWhole || this.#isOver()) return;
    const opened = this.#receiveWindow.use(bytes);
    if (opened > 0) this.#host.output.number(frameType.windowUpdate, this.id, opened);
  }

  #isOver(): boolean {
    return this.#response === "over";
  }
}

const nothing = new Uint8Array(0);
/** Thrown where a response has nobody left to take it: one value, because each exception costs a stack trace. */
const over = new Error("the stream has ended");
const ended = streamFault(errorCode.streamClosed, "there is more after the end of a request");
const tooMuch = streamFault(errorCode.flowControlError, "there is more body than was asked for");
const wrongLength = streamFault(
  errorCode.protocolError,
  "the body has not the length that was told",
);
const tooSlow: Refusal = { status: 408, why: "the request took too long to arrive" };

/** What a client is told of a handler that threw. */
const failure: HttpResponse = { status: 500, fields: [], body: undefined };
