/**
 * One client's connection of HTTP/2 (RFC 9113): frames are read in their order, requests answered as they are done.
 *
 * What always holds: no more is handled at once than a client may have under way, whatever it gives up; what costs
 * us work and moves nothing on is counted, and who goes on with it is cut off; every wait for the client has an end.
 */

import { type Field, HpackEncoder } from "@skerry/http";
import { Deadline } from "../http1/deadline.ts";
import type { Exchanges, Peer, ServedConnection } from "../http1/exchanges.ts";
import { Input } from "../http1/input.ts";
import type { Duplex } from "../sockets/sockets.ts";
import { FrameOutput } from "./frame_output.ts";
import { FrameReader } from "./frame_reader.ts";
import {
  connectionFault,
  type ErrorCode,
  errorCode,
  type Fault,
  firstWindowBytes,
  frameHeaderBytes,
  frameType,
  isFault,
  payloadBytesMax,
  streamIdMax,
} from "./frames.ts";
import { defaultHttp2Limits, type Http2Limits } from "./http2_limits.ts";
import { Incoming, type IncomingHost } from "./incoming.ts";
import { ourSettings } from "./settings.ts";
import type { Stream } from "./stream.ts";
import { Streams } from "./streams.ts";
import { ReceiveWindow, SendWindow } from "./windows.ts";

/** Serves a connection until either side ends it. */
export class Http2Connection implements ServedConnection, IncomingHost {
  readonly closed: Promise<unknown>;
  readonly exchanges: Exchanges;
  readonly limits: Http2Limits;
  readonly peer: Peer;
  readonly scheme: "http" | "https";
  readonly output: FrameOutput;
  readonly encoder = new HpackEncoder();
  readonly sendWindow = new SendWindow(firstWindowBytes);
  readonly receiveWindow: ReceiveWindow;
  readonly #duplex: Duplex;
  readonly #input: Input;
  readonly #reader = new FrameReader();
  readonly #streams = new Streams();
  readonly #incoming: Incoming;
  readonly #closing = Promise.withResolvers<void>();
  /** `leaving` from when the client is told that we go, `draining` from when it knows. */
  #phase: "open" | "leaving" | "draining" | "ending" | "closed" = "open";
  /** By when the client must have sent what it has begun; and of which frame this is the deadline. */
  readonly #frameDeadline = new Deadline();
  #frameDue: number | undefined;
  /** By when it must have a request, and why. */
  readonly #idleDeadline = new Deadline();
  #activity: "new" | "idle" | "busy" = "new";
  /** By when it must have heard that we go, or have gone. */
  readonly #leaveDeadline = new Deadline();
  #checkedMs: number | undefined;

  constructor(
    duplex: Duplex,
    peer: Peer,
    exchanges: Exchanges,
    scheme: "http" | "https",
    limits: Http2Limits = defaultHttp2Limits,
  ) {
    const { headerBytesMax, headerWallMsMax, sendStallWallMsMax } = exchanges.limits;
    this.#duplex = duplex;
    this.peer = peer;
    this.exchanges = exchanges;
    this.scheme = scheme;
    this.limits = limits;
    this.receiveWindow = new ReceiveWindow(limits.connectionWindowBytes);
    this.output = new FrameOutput(duplex, limits, sendStallWallMsMax, () => this.close());
    this.output.control(frameType.settings, 0, 0, ourSettings(limits, headerBytesMax));
    const more = limits.connectionWindowBytes - firstWindowBytes;
    if (more > 0) this.output.number(frameType.windowUpdate, 0, more);
    this.#incoming = new Incoming(this, this.#streams);
    this.#idleDeadline.allow(headerWallMsMax);
    this.#input = new Input(duplex, frameHeaderBytes + payloadBytesMax, () => this.#arrived());
    this.closed = Promise.all([this.#closing.promise, this.#input.finished]);
  }

  get isDraining(): boolean {
    return this.#phase === "draining";
  }

  checkTime(nowMs: number): void {
    const passedMs = nowMs - (this.#checkedMs ?? nowMs);
    this.#checkedMs = nowMs;
    this.#incoming.pass(passedMs);
    if (this.output.deadline.isPassed(nowMs)) return this.close();
    if (this.#leaveDeadline.isPassed(nowMs)) return this.#leave();
    if (this.#is("ending")) return;
    if (this.#frameDeadline.isPassed(nowMs)) return this.#fail(tooSlow);
    if (this.#idleDeadline.isPassed(nowMs)) this.closeSoon();
    for (const stream of this.#streams.all()) stream.checkTime(nowMs, passedMs);
  }

  /**
   * RFC 9113 §6.8: requests that are on their way when the client hears of it are taken still. A PING comes back
   * after all of those.
   */
  closeSoon(): void {
    if (!this.#is("open")) return;
    this.#phase = "leaving";
    this.#goaway(streamIdMax, errorCode.noError, "");
    this.output.control(frameType.ping, 0, 0, new Uint8Array(8));
    this.#leaveDeadline.allow(this.limits.drainWallMsMax);
  }

  close(): void {
    if (this.#is("closed")) return;
    this.#phase = "closed";
    this.#duplex.close();
    this.#input.stop();
    this.#abandonAll();
    this.output.stop();
    this.#closing.resolve();
  }

  sendFields(streamId: number, fields: readonly Field[], isLast: boolean): void {
    this.output.headers(streamId, this.encoder.encode(fields), isLast);
  }

  sent(bytes: number): void {
    this.#incoming.moved(bytes);
  }

  used(bytes: number): void {
    const opened = this.receiveWindow.use(bytes);
    if (opened > 0) this.output.number(frameType.windowUpdate, 0, opened);
  }

  answered(): void {
    this.#incoming.answered();
  }

  streamClosed(stream: Stream, by: "reset" | "end"): void {
    if (by === "reset") this.#streams.ignore(stream.id);
    else this.#streams.end(stream.id);
  }

  handled(): void {
    this.#allowIdle();
    if (this.#is("draining") && this.#streams.size === 0) void this.#end();
  }

  ponged(): void {
    if (this.#is("leaving")) this.#leave();
  }

  #arrived(): void {
    if (this.#is("ending") || this.#is("closed")) return;
    const { buffer } = this.#input;
    for (;;) {
      const frame = this.#reader.next(buffer);
      if (frame === "more") break;
      const fault = isFault(frame) ? frame : this.#incoming.take(frame);
      if (fault !== undefined) return this.#fail(fault);
      if (this.#is("ending") || this.#is("closed")) return;
    }
    if (this.#input.ended) return this.close();
    this.#input.want();
    this.#allowIdle();
    this.#allowFrame();
  }

  /** Who has sent nothing yet has the time of a header, who waits between requests has more. */
  #allowIdle(): void {
    const activity = this.#streams.handled > 0
      ? "busy"
      : this.#incoming.isIntroduced
      ? "idle"
      : "new";
    if (activity === this.#activity) return;
    this.#activity = activity;
    const { connectionIdleMsMax } = this.exchanges.limits;
    this.#idleDeadline.allow(activity === "busy" ? Infinity : connectionIdleMsMax);
  }

  /** A frame, or a header of several, has its time from when it begins. */
  #allowFrame(): void {
    const header = this.#incoming.headerUnderWay;
    const isAmidFrame = this.#reader.isAmidFrame(this.#input.buffer);
    const due = header !== undefined ? -1 - header : isAmidFrame ? this.#reader.count : undefined;
    if (due === this.#frameDue) return;
    this.#frameDue = due;
    const { headerWallMsMax } = this.exchanges.limits;
    this.#frameDeadline.allow(due === undefined ? Infinity : headerWallMsMax);
  }

  /** The client knows that we go: what it begins from now on is passed over, and tried elsewhere. */
  #leave(): void {
    if (!this.#is("leaving")) return this.close();
    this.#phase = "draining";
    this.#leaveDeadline.allow(Infinity);
    this.#goaway(this.#streams.latestId, errorCode.noError, "");
    if (this.#streams.size === 0) void this.#end();
  }

  /** Ends the connection for what its client did (§5.4.1). */
  #fail(fault: Fault): void {
    const status = fault === tooSlow ? 408 : 400;
    this.exchanges.onRefused({ status, why: fault.why }, this.peer);
    this.#goaway(this.#streams.latestId, fault.code, fault.why);
    this.#abandonAll();
    void this.#end();
  }

  /**
   * Ends the connection after what was sent. What the client still sends is dropped for a while, because closing on
   * it would reset the connection and might take along what it has not read yet.
   */
  async #end(): Promise<void> {
    if (this.#is("ending") || this.#is("closed")) return;
    this.#phase = "ending";
    await this.output.flushed();
    this.#leaveDeadline.allow(this.exchanges.limits.lingerWallMsMax);
    await this.#duplex.closeWrite().catch(() => {});
    await this.#input.discard(this.exchanges.limits.discardBytesMax);
    this.close();
  }

  /** §6.8. */
  #goaway(latestId: number, code: ErrorCode, why: string): void {
    const payload = new Uint8Array(8 + why.length);
    const view = new DataView(payload.buffer);
    view.setUint32(0, latestId);
    view.setUint32(4, code);
    for (let at = 0; at < why.length; at += 1) payload[8 + at] = why.charCodeAt(at);
    this.output.control(frameType.goaway, 0, 0, payload);
  }

  #abandonAll(): void {
    for (const stream of this.#streams.all()) stream.abandon();
  }

  #is(phase: "open" | "leaving" | "draining" | "ending" | "closed"): boolean {
    return this.#phase === phase;
  }
}

const tooSlow = connectionFault(errorCode.enhanceYourCalm, "a frame took too long to arrive");
