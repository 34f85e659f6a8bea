/**
 * What a client's frames mean (RFC 9113 §6). Each is taken in its place and done with, or is a fault.
 *
 * Frames that move nothing are counted, and so are requests that end before they are answered: of either, a client
 * gets a limited number for nothing.
 */

import { type Field, HpackDecoder, type HpackEncoder } from "@skerry/http";
import { isRefusal, type Refusal } from "../http1/refusal.ts";
import { Budget } from "./budget.ts";
import {
  connectionFault,
  errorCode,
  type Fault,
  firstWindowBytes,
  flags,
  type Frame,
  frameType,
  isFault,
  uint32,
  withoutPadding,
} from "./frames.ts";
import { HeaderBlock } from "./header_block.ts";
import { parseRequestHead } from "./request_head.ts";
import { parseSettings } from "./settings.ts";
import { Stream, type StreamHost } from "./stream.ts";
import type { Streams } from "./streams.ts";
import type { ReceiveWindow } from "./windows.ts";

/** A connection, as its client's frames see it. */
export interface IncomingHost extends StreamHost {
  readonly encoder: HpackEncoder;
  readonly receiveWindow: ReceiveWindow;
  /** Whether requests that begin now are passed over: the client knows that they are. */
  readonly isDraining: boolean;
  /** A PING of ours was answered. */
  ponged(): void;
  /** A request was handled to its end. */
  handled(): void;
}

/** Takes frames. */
export class Incoming {
  readonly #host: IncomingHost;
  readonly #streams: Streams;
  readonly #decoder: HpackDecoder;
  readonly #idleFrames: Budget;
  readonly #resets: Budget;
  #isIntroduced = false;
  #block: HeaderBlock | undefined;
  #headersRead = 0;
  /** What the client takes on a stream that is new. */
  #streamWindowBytes = firstWindowBytes;

  constructor(host: IncomingHost, streams: Streams) {
    const { limits } = host;
    this.#host = host;
    this.#streams = streams;
    this.#decoder = new HpackDecoder(limits.headerTableBytesMax);
    this.#idleFrames = new Budget(limits.idleFramesMax, limits.idleFramesPerSecond);
    this.#resets = new Budget(limits.resetsMax, limits.resetsPerSecond);
  }

  /** Whether the client owes its first frame. */
  get isIntroduced(): boolean {
    return this.#isIntroduced;
  }

  /** The number of the header whose rest the client owes. */
  get headerUnderWay(): number | undefined {
    return this.#block === undefined ? undefined : this.#headersRead;
  }

  /** Time has passed. */
  pass(ms: number): void {
    this.#idleFrames.pass(ms);
    this.#resets.pass(ms);
  }

  /** Bytes of bodies were moved. */
  moved(bytes: number): void {
    this.#idleFrames.earn(bytes / this.#host.limits.bytesPerFrameEarned);
  }

  /** A request was answered. */
  answered(): void {
    this.#resets.earn(this.#host.limits.resetsPerAnswer);
  }

  /** Takes a frame. What it returns ends the connection. */
  take(frame: Frame): Fault | undefined {
    if (!this.#isIntroduced) {
      // §3.4.
      if (frame.type !== frameType.settings || (frame.flags & flags.ack) !== 0) {
        return protocolFault("the first frame is not SETTINGS");
      }
      this.#isIntroduced = true;
    }
    // §4.3: nothing comes between the frames of a header.
    if ((this.#block !== undefined) !== (frame.type === frameType.continuation)) {
      return protocolFault("a header is not continued, or what is none is");
    }
    switch (frame.type) {
      case frameType.data:
        return this.#data(frame);
      case frameType.headers:
        return this.#headers(frame);
      case frameType.continuation:
        return this.#continuation(frame);
      case frameType.priority:
        return this.#priority(frame);
      case frameType.rstStream:
        return this.#rstStream(frame);
      case frameType.settings:
        return this.#settings(frame);
      case frameType.pushPromise:
        return protocolFault("a client cannot push");
      case frameType.ping:
        return this.#ping(frame);
      case frameType.goaway:
        return this.#goaway(frame);
      case frameType.windowUpdate:
        return this.#windowUpdate(frame);
      default:
        // §5.5: unknown frames are ignored.
        return this.#spendFrame();
    }
  }

  /** §6.1. */
  #data(frame: Frame): Fault | undefined {
    const { streamId, payload } = frame;
    if (streamId === 0) return protocolFault("DATA names no stream");
    if (!this.#host.receiveWindow.take(payload.length)) {
      return connectionFault(errorCode.flowControlError, "there is more than was asked for");
    }
    const piece = withoutPadding(frame);
    if (piece === undefined) return protocolFault("DATA is all padding");
    const isLast = (frame.flags & flags.endStream) !== 0;
    this.moved(piece.length);
    if (piece.length === 0 && !isLast) {
      const fault = this.#spendFrame();
      if (fault !== undefined) return fault;
    }
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) {
      return this.#checked(stream, stream.data(piece, payload.length, isLast));
    }
    this.#host.used(payload.length);
    return this.#faultOf(streamId);
  }

  /** §6.2. */
  #headers(frame: Frame): Fault | undefined {
    const { streamId } = frame;
    // §5.1.1: a client's streams have odd numbers.
    if (streamId % 2 === 0) return protocolFault("HEADERS name no stream of a client");
    let fragment = withoutPadding(frame);
    if ((frame.flags & flags.priority) !== 0) {
      fragment = fragment === undefined || fragment.length < 5 ? undefined : fragment.subarray(5);
    }
    if (fragment === undefined) return protocolFault("HEADERS are all padding");
    const isLast = (frame.flags & flags.endStream) !== 0;
    const block = new HeaderBlock(streamId, isLast, {
      bytesMax: this.#host.exchanges.limits.headerBytesMax,
      continuationsMax: this.#host.limits.continuationsMax,
    });
    return this.#gather(block, fragment, frame);
  }

  /** §6.10. */
  #continuation(frame: Frame): Fault | undefined {
    const block = this.#block;
    if (block === undefined || block.streamId !== frame.streamId) {
      return protocolFault("a header is continued on another stream");
    }
    return this.#gather(block, frame.payload, frame);
  }

  #gather(
    block: HeaderBlock,
    fragment: Uint8Array<ArrayBuffer>,
    frame: Frame,
  ): Fault | undefined {
    const fault = block.add(fragment);
    const isWhole = (frame.flags & flags.endHeaders) !== 0;
    this.#block = isWhole ? undefined : block;
    return fault ?? (isWhole ? this.#headed(block) : undefined);
  }

  /** A header is here as a whole. It must be read in any case: those that follow depend on it. */
  #headed(block: HeaderBlock): Fault | undefined {
    this.#headersRead += 1;
    const { fieldsMax, headerBytesMax } = this.#host.exchanges.limits;
    const fields = this.#decoder.decode(block.bytes(), {
      fieldsMax: fieldsMax + pseudoFieldsMax,
      listBytesMax: headerBytesMax,
    });
    if (fields === "malformed") {
      return connectionFault(errorCode.compressionError, "a header cannot be read");
    }
    const { streamId, endsStream } = block;
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) {
      if (fields !== "too large") {
        return this.#checked(stream, stream.trailers(fields, endsStream));
      }
      stream.refuse(tooLarge);
      return this.#spendReset();
    }
    if (this.#host.isDraining) return this.#spendFrame();
    if (!this.#streams.isNew(streamId)) {
      return this.#streams.faultOf(streamId) ?? this.#spendFrame();
    }
    if (this.#streams.handled >= this.#host.limits.streamsMax) {
      this.#reset(streamId, errorCode.refusedStream);
      return this.#spendFrame();
    }
    return fields === "too large"
      ? this.#refuse(streamId, endsStream, tooLarge)
      : this.#begin(streamId, endsStream, fields);
  }

  #begin(streamId: number, isWhole: boolean, fields: readonly Field[]): Fault | undefined {
    const head = parseRequestHead(fields, this.#host.scheme);
    if (isRefusal(head)) return this.#refuse(streamId, isWhole, head);
    if (isWhole && (head.contentLength ?? 0) > 0) {
      return this.#refuse(streamId, isWhole, missingBody);
    }
    this.#idleFrames.earn(this.#host.limits.idleFramesPerRequest);
    const stream = new Stream(this.#host, streamId, head, isWhole, this.#streamWindowBytes);
    this.#streams.begin(stream, () => this.#host.handled());
    return undefined;
  }

  /** §8.1.1: what is malformed gets no response, what is refused for another reason does. */
  #refuse(streamId: number, isWhole: boolean, refusal: Refusal): Fault | undefined {
    this.#host.exchanges.onRefused(refusal, this.#host.peer);
    if (refusal.status === 400) this.#reset(streamId, errorCode.protocolError);
    else {
      this.#host.sendFields(streamId, [[":status", String(refusal.status)]], true);
      if (!isWhole) this.#reset(streamId, errorCode.noError);
    }
    return this.#spendReset();
  }

  #reset(streamId: number, code: number): void {
    this.#host.output.number(frameType.rstStream, streamId, code);
    this.#streams.ignore(streamId);
  }

  /** §6.3: what is told of priorities is not asked for. */
  #priority({ streamId, payload }: Frame): Fault | undefined {
    if (streamId === 0) return protocolFault("PRIORITY names no stream");
    return payload.length === 5 ? this.#spendFrame() : wrongSize;
  }

  /** §6.4. */
  #rstStream({ streamId, payload }: Frame): Fault | undefined {
    if (payload.length !== 4) return wrongSize;
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) {
      stream.abandon();
      return this.#spendReset();
    }
    // One that crosses the end of our response is no fault.
    return this.#idleFault(streamId) ?? this.#spendFrame();
  }

  /** §6.5. */
  #settings({ streamId, flags: set, payload }: Frame): Fault | undefined {
    if (streamId !== 0) return protocolFault("SETTINGS name a stream");
    if ((set & flags.ack) !== 0) return payload.length === 0 ? this.#spendFrame() : wrongSize;
    const settings = parseSettings(payload);
    if (isFault(settings)) return settings;
    const { headerTableBytes, windowBytes } = settings;
    if (headerTableBytes !== undefined) this.#host.encoder.setTableBytesMax(headerTableBytes);
    if (windowBytes !== undefined) {
      // §6.9.2: it holds for the streams that are open, too.
      const more = windowBytes - this.#streamWindowBytes;
      this.#streamWindowBytes = windowBytes;
      for (const stream of this.#streams.all()) {
        if (!stream.opened(more)) return windowTooLarge;
      }
    }
    this.#host.output.control(frameType.settings, flags.ack, 0, nothing);
    return this.#spendFrame();
  }

  /** §6.7. */
  #ping({ streamId, flags: set, payload }: Frame): Fault | undefined {
    if (streamId !== 0) return protocolFault("PING names a stream");
    if (payload.length !== 8) return wrongSize;
    if ((set & flags.ack) !== 0) this.#host.ponged();
    else this.#host.output.control(frameType.ping, flags.ack, 0, payload);
    return this.#spendFrame();
  }

  /** §6.8: the client begins nothing more, and goes when it has its answers. */
  #goaway({ streamId, payload }: Frame): Fault | undefined {
    if (streamId !== 0) return protocolFault("GOAWAY names a stream");
    return payload.length >= 8 ? this.#spendFrame() : wrongSize;
  }

  /** §6.9. */
  #windowUpdate({ streamId, payload }: Frame): Fault | undefined {
    if (payload.length !== 4) return wrongSize;
    const bytes = uint32(payload, 0) & 0x7fff_ffff;
    const spent = this.#spendFrame();
    if (spent !== undefined) return spent;
    if (streamId === 0) {
      if (bytes === 0) return protocolFault("a window is opened by nothing");
      if (!this.#host.sendWindow.grow(bytes)) return windowTooLarge;
      for (const stream of this.#streams.all()) stream.wake();
      return undefined;
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return this.#idleFault(streamId);
    if (bytes === 0) return this.#checked(stream, openedByNothing);
    return stream.opened(bytes)
      ? undefined
      : this.#checked(stream, { ...windowTooLarge, ends: "stream" });
  }

  /** A fault of a stream ends that alone (§5.4.2), unless there are too many of them. */
  #checked(stream: Stream, fault: Fault | undefined): Fault | undefined {
    if (fault === undefined || fault.ends === "connection") return fault;
    const { exchanges, peer } = this.#host;
    exchanges.onRefused({ status: 400, why: fault.why }, peer);
    stream.reset(fault.code);
    return this.#spendReset();
  }

  /** What it means that a frame names a stream which is not open. */
  #faultOf(streamId: number): Fault | undefined {
    const isPassedOver = this.#host.isDraining && streamId > this.#streams.latestId;
    return isPassedOver ? this.#spendFrame() : this.#streams.faultOf(streamId);
  }

  /** As {@link #faultOf}, for frames that may cross the end of a stream. */
  #idleFault(streamId: number): Fault | undefined {
    return streamId === 0 || streamId > this.#streams.latestId
      ? this.#faultOf(streamId)
      : undefined;
  }

  #spendFrame(): Fault | undefined {
    return this.#idleFrames.spend() ? undefined : tooManyFrames;
  }

  #spendReset(): Fault | undefined {
    return this.#resets.spend() ? undefined : tooManyResets;
  }
}

/** §8.3.1. They are not among the fields that a client may send so many of. */
const pseudoFieldsMax = 4;
const nothing = new Uint8Array(0);

function protocolFault(why: string): Fault {
  return connectionFault(errorCode.protocolError, why);
}

const wrongSize = connectionFault(errorCode.frameSizeError, "a frame has the wrong size");
const windowTooLarge = connectionFault(errorCode.flowControlError, "a window is too large");
const openedByNothing: Fault = {
  ends: "stream",
  code: errorCode.protocolError,
  why: "a window is opened by nothing",
};
const tooManyFrames = connectionFault(
  errorCode.enhanceYourCalm,
  "there are too many frames that move nothing",
);
const tooManyResets = connectionFault(
  errorCode.enhanceYourCalm,
  "too many requests end before they are answered",
);
const tooLarge: Refusal = { status: 431, why: "the header is too large" };
const missingBody: Refusal = { status: 400, why: "the body has not the length that was told" };
